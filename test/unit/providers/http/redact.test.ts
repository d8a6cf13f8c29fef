import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cut, redact } from '../../../../src/providers/http/redact.ts';

const KEY = 'zq-9f8e7d6c5b4a39281706';

describe('redaction', () => {
  const check = (text: string, expected: string, sent?: string) =>
    it(text, () => assert.equal(redact(text, [KEY], sent), expected));

  check(`Incorrect API key provided: ${KEY}.`, 'Incorrect API key provided: ***.');
  check(`see https://x.example/?key=${encodeURIComponent(KEY)}&a=1`, 'see https://x.example/?key=***&a=1');
  check(`starts with ${KEY.slice(0, 8)} and ends with ${KEY.slice(-8)}`, 'starts with *** and ends with ***');
  check('Incorrect API key provided: sk-te****wxyz.', 'Incorrect API key provided: ***.');
  check('Authorization: Bearer abcdef123', 'Authorization: Bearer ***');
  check('"api_key": "topsecret1"', '"api_key": "***"');
  check('another key sk-proj-AAAABBBBCCCC1111 leaked', 'another key *** leaked');
  check('nothing to hide: model not found', 'nothing to hide: model not found');
  check(
    'Invalid content: please explain our merger plan',
    'Invalid content:…',
    'Hello! please explain our merger plan',
  );
  check(
    'The model small does not exist.',
    'The model small does not exist.',
    'a prompt about the model small',
  );

  it('takes base64 of a key out as well', () => {
    assert.doesNotMatch(redact(`basic ${Buffer.from(KEY).toString('base64')}`, [KEY]), /enEtO/);
  });

  it('never lets a key through, wherever it stands', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_-]{16,60}$/);
    fc.assert(
      fc.property(fc.string(), key, fc.string(), (before, secret, after) => {
        assert.ok(!redact(before + secret + after, [secret]).includes(secret));
      }),
    );
  });

  it('never lets twenty characters of the prompt through', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 20, maxLength: 60 }),
        fc.string({ maxLength: 40 }),
        (prompt, around) => {
          const clean = redact(around + prompt + around, [], prompt);
          for (let i = 0; i + 20 <= prompt.length; i++) assert.ok(!clean.includes(prompt.slice(i, i + 20)));
        },
      ),
    );
  });

  it('cuts to 300 characters', () => {
    assert.equal(cut('x'.repeat(1000)).length, 300);
    assert.equal(cut('short'), 'short');
  });
});
