import assert from 'node:assert/strict';
import { maskKeys } from '../../../../src/app/settings/redact.ts';

describe('keys in any text', () => {
  const check = (text: string, expected: string) => it(text, () => assert.equal(maskKeys(text), expected));

  for (const prefix of ['sk-proj-', 'pk-', 'rk_live_', 'key-', 'gsk_', 'xai-', 'nvapi-', 'hf_', 'AIza'])
    check(`a ${prefix}AAAABBBBCCCC1111 leaked`, 'a *** leaked');
  check('Authorization: Bearer abcdef123', 'Authorization: Bearer ***');
  check('Basic dXNlcjpwYXNz', 'Basic ***');
  check('"api_key": "topsecret1"', '"api_key": "***"');
  check('password=hunter2&a=1', 'password=***&a=1');
  check('wrong key sk-te****wxyz.', 'wrong key ***.');
  check('connect to https://ann:hunter2@a.example/v1', 'connect to https://***@a.example/v1');
  check('https://a.example/v1?q=@b', 'https://a.example/v1?q=@b');
  check('model not found: keyboard', 'model not found: keyboard');
});
