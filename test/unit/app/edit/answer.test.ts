import assert from 'node:assert/strict';
import { streamTarget, targetOf, type EditPlace } from '../../../../src/app/edit/answer.ts';
import { recordedEdits } from './recordedEdits.ts';

const FILE = `import { a } from './a';

export function first(x: number): number {
  const y = x + 1;
  return y;
}

export function second(x: number): number {
  return a(x);
}
`;

/** Lines `from` to `to`, from 1, both inclusive. */
function place(from: number, to: number, file = FILE, languageId = 'typescript'): EditPlace {
  const lines = file.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const start = lines.slice(0, from - 1).join('').length;
  const end = start + lines.slice(from - 1, to).join('').length;
  return { file, region: { start, end }, fileName: 'src/sum.ts', languageId };
}

const fence = (code: string, tag = 'ts'): string => `\`\`\`${tag}\n${code}\n\`\`\`\n`;

/** The file after the answer. */
function result(at: EditPlace, answer: string): string {
  const target = targetOf(at, answer);
  if (target.kind === 'refused') return `refused: ${target.why}`;
  return at.file.slice(0, target.region.start) + target.lines.join('') + at.file.slice(target.region.end);
}

const FIRST = 'export function first(x: number): number {\n  return x + 2;\n}';
const WANTED = FILE.replace(/export function first[^]*?\n}/, FIRST);

describe('answers to an edit', () => {
  it('all recorded edits are what was meant, whatever the answer looks like', () => {
    for (const {
      name,
      prefix,
      original,
      intended,
      suffix,
      fileName,
      languageId,
      answer,
    } of recordedEdits()) {
      const region = { start: prefix.length, end: prefix.length + original.length };
      const at = { file: prefix + original + suffix, region, fileName, languageId };
      assert.equal(result(at, answer), prefix + intended + suffix, name);
    }
  });

  for (const [name, answer] of [
    ['words alone', 'You could return x + 2 there. I would not do that, though.'],
    ['nothing', ''],
    ['a fence with nothing before it ends', 'I cannot do that'],
  ] as const) {
    it(`${name}: refused`, () => assert.equal(result(place(3, 6), answer), 'refused: prose'));
  }

  for (const [name, code] of [
    [
      'a placeholder for lines that nothing tells',
      '// ... rest of the code ...\n  return 7;\n// ... rest unchanged ...',
    ],
    ['a body left out', 'export function first(x: number): number { /* ... existing code ... */ }'],
    ['dots', '...\n  return 7;\n...'],
  ] as const) {
    it(`an omission is never applied as text: ${name}`, () => {
      assert.equal(result(place(3, 6), fence(code)), 'refused: elided');
      assert.equal(streamTarget(place(3, 6), fence(code)), undefined);
    });
  }

  it('what is left out between known lines stays', () => {
    const code =
      '// The first.\nexport function first(x: number): number {\n  // ... existing code ...\n  return y;\n}';
    const wanted = FILE.replace('export function first', '// The first.\nexport function first');
    assert.equal(result(place(3, 6), fence(code)), wanted);
  });

  it('the whole file changes what differs, beyond the lines asked about too', () => {
    assert.equal(result(place(3, 6), fence(WANTED.trimEnd())), WANTED);
    const both = WANTED.replace("'./a'", "'./b'");
    assert.equal(result(place(3, 6), fence(both.trimEnd())), both);
  });

  it('a diff applies, one for another file does not, nor one that fits nowhere', () => {
    const diff = (name: string, old: string): string =>
      fence(
        `--- a/${name}\n+++ b/${name}\n@@ -4,2 +4,1 @@\n-  const y = x + 1;\n-  return ${old};\n+  return x + 2;`,
        'diff',
      );
    assert.equal(result(place(3, 6), diff('src/sum.ts', 'y')), WANTED);
    assert.equal(result(place(3, 6), diff('src/other.ts', 'y')), 'refused: other-file');
    assert.equal(result(place(3, 6), diff('src/sum.ts', 'z')), 'refused: patch');
  });

  it('takes the indentation of the lines it replaces', () => {
    const file = FILE.replaceAll('  ', '\t');
    const wanted = file.replace('\treturn a(x);\n', '\tif (x < 0) {\n\t\treturn 0;\n\t}\n\treturn a(x);\n');
    for (const step of ['  ', '    ', '\t']) {
      for (const margin of ['', step]) {
        const code = ['if (x < 0) {', `${step}return 0;`, '}', 'return a(x);'].map((line) => margin + line);
        assert.equal(
          result(place(9, 9, file), fence(code.join('\n'))),
          wanted,
          JSON.stringify([step, margin]),
        );
      }
    }
  });

  it('keeps line ends, and the missing one at the end of the file', () => {
    const file = FILE.trimEnd().replaceAll('\n', '\r\n');
    const at = place(8, 10, file);
    const code = 'export function second(x: number): number {\n  return a(x) + 1;\n}';
    assert.equal(result(at, fence(code)), file.replace('return a(x);', 'return a(x) + 1;'));
  });

  it('an empty block removes the lines', () => {
    assert.equal(result(place(3, 7), '```ts\n```\n'), FILE.replace(/export function first[^]*?\n}\n\n/, ''));
  });

  it('of several blocks the one with the lines counts', () => {
    const answer = `First:\n${fence('npm test', 'sh')}\nThen:\n${fence(FIRST)}`;
    assert.equal(result(place(3, 6), answer), WANTED);
  });

  it('code without a fence is code', () => assert.equal(result(place(3, 6), FIRST), WANTED));

  it('one function of a class leaves the others', () => {
    const file =
      'class A {\n  one() {\n    return 11;\n  }\n\n  two() {\n    return 22;\n  }\n\n  three() {\n    return 33;\n  }\n}\n';
    const wanted = file.replace('return 22', 'return 2222');
    assert.equal(result(place(1, 13, file), fence('two() {\n  return 2222;\n}')), wanted);
  });

  it('an answer on its way shows its whole lines, then what is left of the old ones', () => {
    const shown = streamTarget(place(3, 6), '```ts\nexport function first(x: number): number {\n  return x');
    assert.equal(shown?.join(''), FILE.split('\n').slice(2, 6).join('\n') + '\n');
    const later = streamTarget(
      place(3, 6),
      '```ts\nexport function first(x: number): number {\n  return x + 2;\n',
    );
    assert.ok(later?.join('').startsWith('export function first(x: number): number {\n  return x + 2;\n'));
  });
});
