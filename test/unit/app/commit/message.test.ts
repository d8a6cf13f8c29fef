import assert from 'node:assert/strict';
import { commitPrompt, diffToSend, messageIn } from '../../../../src/app/commit/message.ts';

const section = (path: string, body = '+x\n'): string =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n${body}`;

describe('commit messages', () => {
  it('secret files and keys stay here', () => {
    const key = '+-----BEGIN PRIVATE KEY-----\n+abc\n';
    const sent = diffToSend(section('a.ts') + section('.env', '+TOKEN=1\n') + section('notes.txt', key));
    assert.deepEqual(sent.secret, ['.env', 'notes.txt']);
    assert.equal(sent.text, section('a.ts'));
    assert.ok(!commitPrompt(sent, [], '').some(({ content }) => /TOKEN|PRIVATE|\.env/.test(content)));
  });

  it('a file that was a secret before it was renamed is one', () => {
    const renamed = 'diff --git a/.env b/readme.txt\nsimilarity index 90%\n-TOKEN=1\n';
    assert.deepEqual(diffToSend(renamed), { text: '', secret: ['readme.txt'], named: [] });
  });

  it('a long diff is cut at line ends, file by file, and the rest is named', () => {
    const long = section('a.ts', '+0123456789\n'.repeat(2_000));
    const many = Array.from({ length: 10 }, (_, i) =>
      section(`f${i}.ts`, '+0123456789\n'.repeat(2_000)),
    ).join('');
    const sent = diffToSend(long + many);
    assert.ok(sent.text.length < 41_000);
    assert.ok(sent.text.includes('+0123456789\n[cut]\n'));
    assert.ok(sent.named.includes('f9.ts'));
  });

  it('earlier messages, a draft and a diff with fences are in the prompt', () => {
    const sent = diffToSend(section('a.md', '+```\n+x\n'));
    const [, user] = commitPrompt(sent, ['feat: one', 'fix: two'], 'wip');
    assert.match(user?.content ?? '', /- feat: one\n- fix: two/);
    assert.match(user?.content ?? '', /````diff\n/);
    assert.match(user?.content ?? '', /Begun by the user: wip/);
  });

  for (const [answer, wanted] of [
    ['Add a check', 'Add a check'],
    ['```\nAdd a check\n\nIt was missing.\n```\n', 'Add a check\n\nIt was missing.'],
    ['Here it is:\n```text\nAdd a check\n```', 'Add a check'],
    ['"Add a check"', 'Add a check'],
    ['Commit message: Add a check', 'Add a check'],
    ['```\nAdd a', 'Add a'],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(answer)} says ${JSON.stringify(wanted)}`, () =>
      assert.equal(messageIn(answer), wanted));
  }
});
