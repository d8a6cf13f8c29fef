import assert from 'node:assert/strict';
import { pathMatcher } from '../../../../src/core/inline/pathMatcher.ts';
import { mustSkip, unwise } from '../../../../src/core/inline/skip.ts';
import type { SkipInput, SkipReason } from '../../../../src/core/inline/skip.ts';
import { at } from './fimCase.ts';

const BASE = {
  enabled: true,
  languages: { '*': true, markdown: false },
  languageId: 'typescript',
  scheme: 'file',
  secret: false,
  excluded: false,
  cursors: 1,
  explicit: false,
  selected: undefined,
  justAcceptedLine: false,
};

function check(
  name: string,
  marked: string,
  expected: SkipReason | undefined,
  change: Partial<SkipInput> = {},
) {
  it(name, () => {
    const input = { ...BASE, cursor: at(marked), ...change };
    assert.equal(mustSkip(input) ?? unwise(input), expected);
  });
}

describe('where no completion is asked for', () => {
  check('end of a line: complete', 'const a = <|fim|>\n', undefined);
  check('before auto-closed brackets: complete', 'call(<|fim|>)', undefined);
  check('before a terminator: complete', 'call(<|fim|>);', undefined);
  check('before a word', 'const a = <|fim|>b', 'middle-of-word');
  check('before other text', 'const a = <|fim|> + b', 'text-after-cursor');
  check('after a finished statement', 'call();<|fim|>\n', 'statement-complete');
  check('after an open brace: complete', 'if (x) {<|fim|>\n}', undefined);
  check('an empty file', '<|fim|>', 'too-little-text');
  check('an empty file, asked for', '<|fim|>', undefined, { explicit: true });
  check('off', 'const a = <|fim|>', 'off', { enabled: false });
  check('off, and asked for by key', 'const a = <|fim|>', 'off', { enabled: false, explicit: true });
  check('language off', 'text and <|fim|>', 'language-off', { languageId: 'markdown' });
  check('every language off but one', 'alpha = <|fim|>', undefined, {
    languageId: 'python',
    languages: { '*': false, python: true },
  });
  check('a language named like a property of Object', 'alpha = <|fim|>', undefined, {
    languageId: 'constructor',
  });
  check('a secret file, even asked for', 'KEY=<|fim|>', 'secret-file', { secret: true, explicit: true });
  check('an excluded file, even asked for', 'a = <|fim|>', 'file-excluded', {
    excluded: true,
    explicit: true,
  });
  check('source control input', 'fix: <|fim|>', 'input-box', { scheme: 'vscode-scm' });
  check('two cursors', 'a = <|fim|>', 'multi-cursor', { cursors: 2 });
  check('list item with two characters typed', 'let x = co<|fim|>', 'suggest-item-selected', {
    selected: { text: 'console', typed: 'co' },
  });
  check('list item with four characters typed: complete', 'cons<|fim|>', undefined, {
    selected: { text: 'console', typed: 'cons' },
  });
  check('list item that does not begin as typed', 'nsole<|fim|>', 'suggest-item-mismatch', {
    selected: { text: 'console', typed: 'nsole' },
  });
  check('right after an accepted line', 'const a = f(x<|fim|>\n', 'just-accepted-line', {
    justAcceptedLine: true,
  });
  check('on the line after an accepted line: complete', 'const a = f(x)\n<|fim|>\n', undefined, {
    justAcceptedLine: true,
  });
});

describe('excluded files', () => {
  it('are told by gitignore patterns; bad ones match nothing', () => {
    const excluded = pathMatcher(['*.gen.ts', 'vendor/', '', '[']);
    assert.ok(excluded('/w/src/a.gen.ts'));
    assert.ok(excluded('w/vendor/x.js'));
    assert.ok(excluded('C:\\w\\vendor\\x.js'));
    assert.ok(!excluded('w/src/a.ts'));
    assert.ok(!excluded(''));
  });
});
