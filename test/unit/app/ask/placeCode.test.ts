import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placeCode, type PlaceHints, type Placement } from '../../../../src/app/ask/placeCode.ts';

interface Case {
  readonly file: string;
  readonly code: string;
  readonly language?: string;
  readonly hints?: Partial<PlaceHints>;
}

function check({ file, code, language = 'ts', hints }: Case, how: Placement['how'], text: string): void {
  const placed = placeCode(file, language, code, { selectedText: undefined, cursor: 0, ...hints });
  assert.deepEqual(placed, { how, text });
}

const file = 'import x;\n\nfunction a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n';

describe('placeCode', () => {
  it('puts new code over the selection that was asked about', () => {
    check(
      { file, code: '  return 3;\n', hints: { selectedText: '  return 2;\n' } },
      'selection',
      file.replace('2', '3'),
    );
  });
  it('gives flush-left code the indent of what it replaces', () => {
    check(
      { file, code: 'const c = 3;\n\nreturn c;\n', hints: { selectedText: '  return 2;\n' } },
      'selection',
      file.replace('  return 2;', '  const c = 3;\n\n  return c;'),
    );
  });
  it('does so when the selection begins after the indent', () => {
    check(
      { file, code: 'const c = 3;\nreturn c;\n', hints: { selectedText: 'return 2;' } },
      'selection',
      file.replace('return 2;', 'const c = 3;\n  return c;'),
    );
  });
  it('does not take a selection that occurs twice', () => {
    check(
      { file: 'a;\na;\n', code: 'b;', hints: { selectedText: 'a;\n', cursor: 3 } },
      'cursor',
      'a;\nb;\na;\n',
    );
  });

  it('applies a patch', () => {
    const code = '--- a/f\n+++ b/f\n@@ -3,3 +3,3 @@\n function a() {\n-  return 1;\n+  return 5;\n }\n';
    check({ file, code, language: 'diff' }, 'patch', file.replace('1', '5'));
  });
  it('does not stumble over a patch that is none', () => {
    const placed = placeCode(file, 'diff', '@@ nonsense\n-x\n', { selectedText: undefined, cursor: 0 });
    assert.equal(placed.how, 'refused');
  });

  it('takes a block that begins as the file does for the whole file', () => {
    const code = file.replace('return 2', 'return 22');
    check({ file, code }, 'whole-file', code);
  });
  it('does not take one function for the whole file, however much of it that is', () => {
    const short = 'function a() {\n  return 1;\n}\n\nfunction b() {}\n';
    const code = 'function a() {\n  const one = 1;\n  return one;\n}\n';
    check({ file: short, code }, 'matching-lines', `${code}\nfunction b() {}\n`);
  });
  it('fills an empty file', () => check({ file: '', code: 'a;' }, 'whole-file', 'a;\n'));

  it('finds the function that the block rewrites', () => {
    const code = 'function b() {\n  const two = 2;\n  return two;\n}\n';
    check({ file, code }, 'matching-lines', file.replace(/function b[^]*/, code));
  });
  it('finds it at another indent', () => {
    const inClass = 'class A {\n  b() {\n    return 2;\n  }\n}\n';
    check({ file: inClass, code: 'b() {\n  return 3;\n}\n' }, 'matching-lines', inClass.replace('2', '3'));
  });
  it('keeps the file’s line ends', () => {
    const windows = file.replaceAll('\n', '\r\n');
    const code = 'function b() {\n  return 3;\n}\n';
    check({ file: windows, code }, 'matching-lines', windows.replace('2', '3'));
  });

  it('else inserts at the cursor, on lines of its own', () => {
    const cursor = file.indexOf('function b');
    const code = 'function c() {}';
    check(
      { file, code, hints: { cursor } },
      'cursor',
      `${file.slice(0, cursor)}${code}\n${file.slice(cursor)}`,
    );
    check({ file: 'ab', code: 'c', hints: { cursor: 2 } }, 'cursor', 'ab\nc\n');
  });

  it('takes anything', () => {
    const lines = fc.array(fc.constantFrom('', 'a', '  b', '}', 'function f() {', '\r'), { maxLength: 12 });
    const text = lines.map((all) => all.join('\n'));
    fc.assert(
      fc.property(
        text,
        text,
        fc.option(text, { nil: undefined }),
        fc.integer(),
        (whole, code, selectedText, cursor) => {
          const placed = placeCode(whole, 'ts', code, { selectedText, cursor });
          assert.ok(placed.how === 'refused' || typeof placed.text === 'string');
        },
      ),
    );
  });
});
