/** Answers in the form models write them: diffs, code with omissions, functions without their surroundings. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { elidedLines, isElision } from '../../../../src/app/ask/elisions.ts';
import { placeCode } from '../../../../src/app/ask/placeCode.ts';
import { assertLinear, stepsOf } from '../../steps.ts';

const file = [
  "import { load } from './load';",
  '',
  'export function first(): number {',
  '  return 1;',
  '}',
  '',
  'export function second(): number {',
  '  return load() + 2;',
  '}',
  '',
  'export function third(): number {',
  '  const base = second();',
  '  return base + 1;',
  '}',
  '',
].join('\n');

const python = [
  'import math',
  '',
  'class Square:',
  '    @property',
  '    def area(self):',
  '        return self.side ** 2',
  '',
  '    def name(self):',
  '        return "square"',
  '',
  '',
  'class Circle:',
  '    def area(self):',
  '        return math.pi * self.r ** 2',
  '',
  '',
  'async def fetch(url):',
  '    text = """',
  'flush left',
  '"""',
  '    return text + url',
  '',
  'last = fetch',
  '',
].join('\n');

interface Options {
  readonly on?: string;
  readonly language?: string;
  readonly languageId?: string;
  readonly selectedText?: string;
  readonly cursor?: number;
}

function place(code: string, { on = file, language = 'ts', ...rest }: Options = {}) {
  return placeCode(on, language, code, {
    selectedText: rest.selectedText,
    cursor: rest.cursor ?? 0,
    fileName: 'src/some.ts',
    languageId: rest.languageId ?? 'typescript',
  });
}

const textOf = (placed: ReturnType<typeof placeCode>): string => {
  assert.ok(placed.how !== 'refused', JSON.stringify(placed));
  return placed.text;
};

describe('a diff is applied where exactly one place fits, and never pasted', () => {
  const change = ' export function second(): number {\n-  return load() + 2;\n+  return load() + 20;\n }\n';
  const changed = file.replace('+ 2;', '+ 20;');
  const ways: readonly (readonly [name: string, code: string, language?: string])[] = [
    ['right numbers', `--- a/some.ts\n+++ b/some.ts\n@@ -7,3 +7,3 @@\n${change}`],
    ['wrong counts', `@@ -7,9 +7,12 @@\n${change}`],
    ['wrong lines', `@@ -70,3 +70,3 @@\n${change}`],
    ['no numbers', `@@ ... @@\n${change}`],
    ['a bare head', `@@\n${change}`],
    ['no head', change],
    ['context without its space', `@@\n${change.replaceAll(/^ /gm, '')}`],
    ['trailing blanks lost', `@@\n${change.replace('number {', 'number { ')}`],
    ['another indentation', `@@\n${change.replaceAll(/^([-+])  /gm, '$1    ')}`],
    ['wrong context at its ends', `@@\n // here\n${change}// there\n`],
    [
      'a second file',
      `--- a/other.ts\n+++ b/other.ts\n@@\n-x\n+y\n--- a/some.ts\n+++ b/some.ts\n@@\n${change}`,
    ],
    [
      'the form of apply_patch',
      `*** Begin Patch\n*** Update File: src/some.ts\n@@\n${change}*** End Patch\n`,
    ],
    [
      'search and replace with a line to start at',
      '<<<<<<< SEARCH\n:start_line:8\n-------\n  return load() + 2;\n=======\n  return load() + 20;\n>>>>>>> REPLACE\n',
    ],
    [
      'search and replace',
      '<<<<<<< SEARCH\n  return load() + 2;\n=======\n  return load() + 20;\n>>>>>>> REPLACE\n',
      'ts',
    ],
    [
      'search and replace with dashes',
      '------- SEARCH\n  return load() + 2;\n=======\n  return load() + 20;\n+++++++ REPLACE\n',
      'ts',
    ],
    ['in a block of code', `@@ -7,3 +7,3 @@\n${change}`, 'ts'],
    ['marks alone, in a block of code', '-  return load() + 2;\n+  return load() + 20;\n', 'ts'],
  ];
  for (const [name, code, language = 'diff'] of ways) {
    it(`with ${name}`, () => assert.deepEqual(place(code, { language }), { how: 'patch', text: changed }));
  }

  it('keeps the line ends of the file', () => {
    const windows = file.replaceAll('\n', '\r\n');
    assert.equal(
      textOf(place(`@@\n${change}`, { on: windows, language: 'diff' })),
      changed.replaceAll('\n', '\r\n'),
    );
  });
  it('moves added lines to the indentation of the place', () => {
    const on = 'class A {\n    run() {\n        go();\n    }\n}\n';
    const code = '@@\n run() {\n-    go();\n+    if (x) {\n+        go();\n+    }\n }\n';
    assert.equal(
      textOf(place(code, { on, language: 'diff' })),
      on.replace('        go();', '        if (x) {\n            go();\n        }'),
    );
  });
  it('takes the place that its numbers name among several', () => {
    const on = 'a();\nsame();\nb();\nsame();\n';
    assert.equal(
      textOf(place('@@ -4,1 +4,1 @@\n-same();\n+other();\n', { on, language: 'diff' })),
      'a();\nsame();\nb();\nother();\n',
    );
  });

  const refused: readonly (readonly [name: string, code: string, on?: string])[] = [
    ['lines that are not there', '@@\n-gone();\n+here();\n'],
    ['several places', '@@\n-same();\n+other();\n', 'same();\na();\nsame();\n'],
    ['nothing but additions', '@@\n+new();\n'],
    ['nonsense', '@@ nonsense\n-x\n'],
    ['a file of another name', '--- a/x.ts\n+++ b/x.ts\n@@\n-x\n+y\n--- a/z.ts\n+++ b/z.ts\n@@\n-x\n+y\n'],
    ['context that tells nothing', '@@\n }\n+x();\n'],
  ];
  for (const [name, code, on = file] of refused) {
    it(`refuses ${name}`, () =>
      assert.deepEqual(place(code, { on, language: 'diff' }), { how: 'refused', why: 'patch' }));
  }
  it('a list is no diff', () => {
    const on = 'steps:\n- one\n- two\n';
    assert.notEqual(place('- one\n+ two\n', { on, language: 'yaml' }).how, 'patch');
  });
});

describe('what an answer leaves out stays as the file has it', () => {
  it('between two parts', () => {
    const code =
      "import { load } from './load';\n\n// ... existing code ...\n\nexport function third(): number {\n  const base = second();\n  return base + 3;\n}\n";
    assert.equal(textOf(place(code)), file.replace('base + 1', 'base + 3'));
  });
  it('before and behind', () => {
    const code =
      '// ...\n\nexport function second(): number {\n  return 22;\n}\n\n// rest of the file remains the same\n';
    assert.equal(textOf(place(code)), file.replace('load() + 2', '22'));
  });
  it('within a function', () => {
    const code = 'export function third(): number {\n  // ... unchanged ...\n  return base + 1;\n}\n';
    assert.equal(textOf(place(code)), file);
  });
  it('in Python', () => {
    const code = 'import math\n\n# ... existing code ...\n\nlast = fetch\n';
    assert.equal(textOf(place(code, { on: python, language: 'python', languageId: 'python' })), python);
  });

  const refused = [
    'export function second(): number {\n  // ... same as before\n  return changed;\n}\n',
    'export function second(): number { /* ... */ }\nexport function third(): number {\n  return 3;\n}\n',
    "import { load } from './load';\n// restlicher Code bleibt unverändert\nexport function fourth() {\n}\n",
  ];
  for (const code of refused) {
    it(`refuses ${JSON.stringify(code)}`, () => {
      assert.deepEqual(place(code), { how: 'refused', why: 'elided' });
      // Nor over a selection.
      assert.equal(place(code, { selectedText: file.slice(60, 120) }).how, 'refused');
    });
  }

  for (const line of [
    '// ...',
    '...',
    '…',
    '# ... existing code ...',
    '-- ... rest of the query ...',
    '<!-- ... existing markup ... -->',
    '{/* ... other props ... */}',
    '/* ... unchanged ... */',
    '; ... remaining code ...',
    '% ... existing code ...',
    '(* ... rest unchanged ... *)',
    '// rest of the code remains the same',
    '// existing code here',
    '# (rest of your code)...',
    '// other methods stay unchanged',
    '// … restlicher Code bleibt unverändert …',
    '// ... reste du code inchangé ...',
    '# ... resto del código ...',
    '// ... código existente ...',
    '// ... остальной код без изменений ...',
    '// ... 其余代码保持不变 ...',
    '// 其余代码保持不变',
    '// [rest of the code]',
    '// Rest of file unchanged',
    '// [unchanged]',
    '// -- snip --',
    '// <existing code>',
    '// --- existing code ---',
    '// [existing imports]',
    '// keep the rest as is',
    '// [Previous code remains unchanged]',
    '# implementation unchanged',
    '// (no changes)',
    '// ... 既存のコード ...',
    '// ... 기존 코드 ...',
  ]) {
    it(`an omission: ${line}`, () => assert.ok(isElision(`  ${line}`)));
  }
  for (const line of [
    '// TODO: handle this...',
    '// keep the existing value where the new one is empty',
    '// the rest is sent later',
    '// rest of the args go to the child',
    '// remaining = total - used',
    '// same as before but faster',
    'const { a, ...rest } = all;',
    'return [...other];',
    '# existing users are asked once',
    'console.log("...");',
    '// e.g. a, b, c',
    '### Section',
  ]) {
    it(`no omission: ${line}`, () => assert.ok(!isElision(line) && elidedLines([line], []).size === 0));
  }
  it('a line that the file has in the same words is its own', () => {
    assert.equal(elidedLines(['  // ... more to come ...'], ['// ... more to come ...']).size, 0);
  });
});

describe('a function or class replaces the one of its name', () => {
  const inPython = (code: string, options: Options = {}) =>
    textOf(place(code, { on: python, language: 'python', languageId: 'python', ...options }));

  it('where the selection cut it', () => {
    const code = 'export function second(): number {\n  return load() * 2;\n}\n';
    assert.equal(
      textOf(place(code, { selectedText: '  return load() + 2;\n}\n\nexport' })),
      file.replace('+ 2', '* 2'),
    );
    assert.equal(textOf(place(code, { selectedText: 'load() + 2' })), file.replace('+ 2', '* 2'));
  });
  it('with another signature', () => {
    const code = 'export async function second(by = 2): Promise<number> {\n  return load() + by;\n}\n';
    assert.equal(textOf(place(code)), file.replace(/export function second[^}]*}\n/, code));
  });
  it('and a selection of two functions keeps the other', () => {
    const code = 'export function second(): number {\n  return 0;\n}\n';
    const selectedText = file.slice(
      file.indexOf('export function first'),
      file.indexOf('export function third'),
    );
    assert.equal(textOf(place(code, { selectedText })), file.replace('load() + 2', '0'));
  });
  it('Python: async, with lines that are flush left within a string', () => {
    const code = 'async def fetch(url, more):\n    return url + more\n';
    assert.equal(inPython(code), python.replace(/async def[^]*text \+ url\n/, code));
  });
  it('Python: a method, in the class that the cursor is in, at its indentation', () => {
    const code = 'def area(self):\n    return 3 * self.r ** 2\n';
    assert.equal(inPython(code, { cursor: python.indexOf('math.pi') }), python.replace('math.pi', '3'));
  });
  it('Python: decorators that the answer does not say stay, those that it says replace', () => {
    const on = 'class A:\n    @cache\n    @property\n    def area(self):\n        return 1\n';
    const options = { on, language: 'python', languageId: 'python' };
    assert.equal(textOf(place('def area(self):\n    return 2\n', options)), on.replace('1', '2'));
    const code = '    @property\n    def area(self):\n        return 2\n';
    assert.equal(textOf(place(code, options)), `class A:\n${code}`);
  });
  it('Python: a class that is said in part keeps its other methods', () => {
    const code = 'class Square:\n    def name(self):\n        return "a square"\n';
    assert.equal(inPython(code), python.replace('"square"', '"a square"'));
  });
  it('TypeScript: so does a class there', () => {
    const on = 'class A {\n  one() {\n    return 1;\n  }\n\n  two(x: number) {\n    return 2;\n  }\n}\n';
    const code = 'class A {\n  two(x: number) {\n    return 22;\n  }\n}\n';
    assert.equal(textOf(place(code, { on })), on.replace('return 2;', 'return 22;'));
  });
  it('not where two have the name', () => {
    const code = 'def area(self):\n    return 0\n';
    assert.equal(place(code, { on: python, languageId: 'python', language: 'python' }).how, 'cursor');
  });
});

describe('whatever the answer', () => {
  const line = fc.constantFrom(
    '',
    '@@',
    '-a',
    '+b',
    ' c',
    'a',
    '...',
    'def f():',
    '  x',
    '}',
    'f() {',
    '=======',
    '<<<<<<< SEARCH',
    '>>>>>>> REPLACE',
    '--- a',
    '+++ b',
    'class A:',
    '@p',
  );
  const text = fc.array(line, { maxLength: 14 }).map((all) => all.join('\n'));
  it('placing is total, and keeps each line that a refused answer would have lost', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('diff', 'ts', 'python'), (on, code, language) => {
        const placed = place(code, { on, language, languageId: language === 'ts' ? 'typescript' : 'python' });
        assert.ok(placed.how === 'refused' || typeof placed.text === 'string');
        if (placed.how === 'cursor') for (const old of on.split('\n')) assert.ok(placed.text.includes(old));
      }),
      { numRuns: 1000 },
    );
  });

  const filled = (unit: string, size: number): string => unit.repeat(Math.ceil(size / unit.length));
  const numbered = (line: (i: number) => string, size: number): string =>
    Array.from({ length: size / line(0).length }, (_, i) => line(i)).join('\n');
  type Made = (size: number) => readonly [code: string, on: string, language: string];
  const long: Readonly<Record<string, Made>> = {
    'a change that fits nowhere, of a line that stands everywhere': (n) => [
      `@@\n${filled('-aa;\n', n / 2)}-end\n+x\n`,
      filled('aa;\n', n),
      'diff',
    ],
    'functions of one name that never end': (n) => [
      'function f() {\n  a();\n}\n',
      filled('function f() {\n', n),
      'ts',
    ],
    'definitions of one name': (n) => ['def f():\n  return 1\n', filled('def f():\n', n), 'python'],
    'a class of many methods, said with others': (n) => [
      `class A {\n${numbered((i) => `  m${i}() { b(); }`, n)}\n}`,
      `class A {\n${numbered((i) => `  m${i + 1}() { a(); }`, n)}\n}`,
      'ts',
    ],
    decorators: (n) => ['def f():\n  y\n', `${filled('@p\n', n)}def f():\n  x\n`, 'python'],
    'brackets that never close': (n) => ['function f() {\n}\n', filled('{\n', n), 'ts'],
  };
  const placing = (made: Made) => (size: number) => {
    const [code, on, language] = made(size);
    return place(code, { on, language, languageId: language === 'python' ? 'python' : 'typescript' });
  };
  for (const [name, made] of Object.entries(long)) {
    it(`takes work in proportion to its length: ${name}`, () => assertLinear('/src/', placing(made)));
  }

  /** Each is searched in the whole file, which is refused from a size that no answer has. */
  const many: Readonly<Record<string, Made>> = {
    'as many changes as lines': (n) => [
      numbered((i) => `@@\n-line${i};\n+l${i}`, n),
      numbered((i) => `line${i};`, n),
      'diff',
    ],
    'as many omissions as lines': (n) => [
      numbered((i) => `line${i};\n// ...`, n),
      numbered((i) => `line${i};`, n),
      'ts',
    ],
  };
  for (const [name, made] of Object.entries(many)) {
    it(`takes no more work than a limit: ${name}`, () => {
      assert.notEqual(placing(made)(2_000).how, 'refused');
      assert.ok(stepsOf('/src/', () => placing(made)(16_000)) < 3_000_000);
    });
  }
});
