/** Answers between brackets and quotes: what the editor has closed is covered only by what the answer closes again. */
import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { createStreamGate } from '../../../../src/core/inline/streamGate.ts';
import { at } from './fimCase.ts';
import { accepted, isRestored, pairsOf, sources } from './pairs.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
interface Case {
  readonly input: string;
  readonly raw: string;
  readonly shows: string;
  readonly language?: string;
}

function check(cases: readonly Case[]): void {
  for (const { input, raw, shows, language = 'typescript' } of cases) {
    it(`${language}: ${JSON.stringify(input)} with ${JSON.stringify(raw)}`, () => {
      const [before = '', after = ''] = input.split('<|fim|>');
      const place = { before, after, languageId: language, multiline: raw.includes('\n') };
      assert.equal(accepted(raw, place), shows);
    });
  }
}

describe('an answer within brackets keeps them', () => {
  check([
    { input: 'show(<|fim|>)\n', raw: 'nameOf(user)', shows: 'show(nameOf(user))\n' },
    { input: 'got.then((it) => it.<|fim|>)\n', raw: 'text()', shows: 'got.then((it) => it.text())\n' },
    { input: 'const n = f(<|fim|>);\n', raw: 'g(u);', shows: 'const n = f(g(u));\n' },
    { input: 'const n = f(<|fim|>);\n', raw: 'g(u)', shows: 'const n = f(g(u));\n' },
    { input: 'while (<|fim|>) {\n', raw: 'more(it)', shows: 'while (more(it)) {\n' },
    { input: 'draw({<|fim|>})\n', raw: ' at: of({ x: 1 }) ', shows: 'draw({ at: of({ x: 1 }) })\n' },
    { input: 'draw({ <|fim|> })\n', raw: 'a: {b}', shows: 'draw({ a: {b} })\n' },
    { input: 'const a = all[<|fim|>]\n', raw: 'at[0]', shows: 'const a = all[at[0]]\n' },
    { input: 'x = min(a, <|fim|>)\n', raw: 'len(b)', shows: 'x = min(a, len(b))\n', language: 'python' },
    { input: 'const s = "<|fim|>"\n', raw: 'a \\"b\\" c', shows: 'const s = "a \\"b\\" c"\n' },
    { input: 'const s = "a (<|fim|>)"\n', raw: 'f(x)', shows: 'const s = "a (f(x))"\n' },
    {
      input: 'const s = `a ${<|fim|>} b`;\n',
      raw: 'f(`<${x}>`, "}")',
      shows: 'const s = `a ${f(`<${x}>`, "}")} b`;\n',
    },
    { input: 'if (/[(]/.test(<|fim|>)) {\n', raw: 'get(")")', shows: 'if (/[(]/.test(get(")"))) {\n' },
    { input: 'x.match(/<|fim|>/)\n', raw: 'a[/](b)?', shows: 'x.match(/a[/](b)?/)\n' },
    {
      input: 'let m: Array<<|fim|>> = [];\n',
      raw: 'Map<string, T>',
      shows: 'let m: Array<Map<string, T>> = [];\n',
    },
    {
      input: '<p><b><|fim|></b></p>\n',
      raw: '<b>x</b>',
      shows: '<p><b><b>x</b></b></p>\n',
      language: 'typescriptreact',
    },
    { input: '<p a={<|fim|>}>\n', raw: 'f({ x })', shows: '<p a={f({ x })}>\n', language: 'typescriptreact' },
    { input: '// see (<|fim|>)\n', raw: "what f() can't", shows: "// see (what f() can't)\n" },
    {
      input: 's = """<|fim|>"""\n',
      raw: 'say "hi" (now)',
      shows: 's = """say "hi" (now)"""\n',
      language: 'python',
    },
    { input: "s = r'<|fim|>'\n", raw: 'a(\\.)b', shows: "s = r'a(\\.)b'\n", language: 'python' },
    {
      input: 'fn f(v: Vec<<|fim|>>) {\n',
      raw: "Box<dyn Fn(&'a T) -> U>",
      shows: "fn f(v: Vec<Box<dyn Fn(&'a T) -> U>>) {\n",
      language: 'rust',
    },
    { input: 'let s = r#"<|fim|>"#;\n', raw: 'a "(" b', shows: 'let s = r#"a "(" b"#;\n', language: 'rust' },
    { input: 'for (<|fim|>) {\n', raw: 'let i = 0;;', shows: 'for (let i = 0;;) {\n' },
  ]);
});

describe('an answer that closes what the editor has closed says it once', () => {
  check([
    { input: 'f(<|fim|>)\n', raw: 'x)', shows: 'f(x)\n' },
    { input: 'f(<|fim|>);\n', raw: 'x, y);', shows: 'f(x, y);\n' },
    { input: 'f(<|fim|>);\n', raw: 'x).then(y);', shows: 'f(x).then(y);\n' },
    { input: 'f(g(<|fim|>));\n', raw: 'x), y);', shows: 'f(g(x), y);\n' },
    { input: 'f({ <|fim|> })\n', raw: 'a: 1 }, b)', shows: 'f({ a: 1 }, b)\n' },
    { input: 'f({ <|fim|> })\n', raw: 'a: {b}})', shows: 'f({ a: {b} })\n' },
    { input: 'a = [f(<|fim|>), b]\n', raw: 'x), b]', shows: 'a = [f(x), b]\n' },
    { input: 'if (<|fim|>) {\n', raw: 'x) {\n  y();', shows: 'if (x) {\n  y();\n' },
    { input: 'f("<|fim|>")\n', raw: 'a")', shows: 'f("a")\n' },
    { input: 'const s = "a (<|fim|>)"\n', raw: 'b)"', shows: 'const s = "a (b)"\n' },
    { input: 'const s = `${<|fim|>}`;\n', raw: 'x}`;', shows: 'const s = `${x}`;\n' },
    {
      input: 'new Map<<|fim|>>();\n',
      raw: 'string, () => void>();',
      shows: 'new Map<string, () => void>();\n',
    },
    { input: '<p><|fim|></p>\n', raw: 'hello</p>', shows: '<p>hello</p>\n', language: 'typescriptreact' },
    { input: '<a href="<|fim|>">\n', raw: '/x">', shows: '<a href="/x">\n', language: 'html' },
    { input: 's = """<|fim|>"""\n', raw: 'a (b"""', shows: 's = """a (b"""\n', language: 'python' },
  ]);
});

describe('an answer that opens again what it closes leaves the rest of the line to that', () => {
  check([
    { input: 'f(<|fim|>)\n', raw: 'x), g(y', shows: 'f(x), g(y)\n' },
    { input: 'const s = "a <|fim|>";\n', raw: '" + name + "', shows: 'const s = "a " + name + "";\n' },
    { input: "const s = '(<|fim|>)';\n", raw: "' + name + '", shows: "const s = '(' + name + ')';\n" },
    { input: '// "<|fim|>"\n', raw: 'a" and "b', shows: '// "a" and "b"\n' },
    { input: 'f(h(<|fim|>));\n', raw: 'x)) + g(y', shows: 'f(h(x)) + g(y);\n' },
  ]);
});

describe('an answer that closes more than was open is cut there', () => {
  check([
    { input: 'f(<|fim|>)\n', raw: 'x))', shows: 'f(x)\n' },
    { input: 'f(<|fim|>)\n', raw: 'x]', shows: 'f(x)\n' },
    { input: 'a = [f(<|fim|>), b]\n', raw: 'x), c]', shows: 'a = [f(x), c, b]\n' },
    { input: 'f(g(<|fim|>)\n', raw: 'x)', shows: 'f(g(x))\n' },
    { input: 'f(g(<|fim|>)\n', raw: 'x)))', shows: 'f(g(x))\n' },
    { input: 'f(<|fim|>, b)\n', raw: 'g(x, b)', shows: 'f(g(x, b), b)\n' },
  ]);
});

describe('an answer of several lines keeps the closers it wrote', () => {
  check([
    {
      input: 'all.forEach((x) => {<|fim|>})\n',
      raw: '\n  use({ x });\n',
      shows: 'all.forEach((x) => {\n  use({ x });\n})\n',
    },
    {
      input: 'on(function () {<|fim|>});\n',
      raw: '\n  x();\n});\n\nnext();\n',
      shows: 'on(function () {\n  x();\n});\n',
    },
    {
      input: 'function f() {<|fim|>\n}\n',
      raw: '\n  if (x) {\n    y();\n  }',
      shows: 'function f() {\n  if (x) {\n    y();\n  }\n}\n',
    },
    {
      input: 'it("a", () => {<|fim|>\n});\n',
      raw: '\n  all(() => {\n    a();\n  });\n  b();\n',
      shows: 'it("a", () => {\n  all(() => {\n    a();\n  });\n  b();\n});\n',
    },
    {
      input: 'function f() {<|fim|>\n  return none;\n}\n',
      raw: '\n  if (x) {\n  return none;\n  }\n  y();\n',
      shows: 'function f() {\n  if (x) {\n  return none;\n  }\n  y();\n  return none;\n}\n',
    },
    {
      input: 'def f\n<|fim|>\nend\n',
      raw: '  if x\n    y\n  end\n  z\n',
      shows: 'def f\n  if x\n    y\n  end\n  z\nend\n',
      language: 'ruby',
    },
  ]);

  it('while it streams: no closer of its own ends it', () => {
    const gate = createStreamGate({
      cursor: at('on(function () {<|fim|>});\n'),
      multiline: true,
      languageId: 'typescript',
      tabSize: 2,
    });
    const text = '\n  x(() => {\n    y();\n  });\n})\n';
    for (let end = 1; end <= text.length; end += 1) {
      assert.equal(gate.check(text.slice(0, end)).reason, undefined, JSON.stringify(text.slice(0, end)));
    }
  });
});

const ident = fc.constantFrom('it', 'user', 'list.at', 'x1');
const quoted = fc.constantFrom('"b)"', "'c\\'('", '`d`', '"]"', "'}'");
const { value } = fc.letrec<{ value: string }>((tie) => {
  const [inner, name] = [tie('value'), ident];
  const list = fc.array(inner, { maxLength: 3 }).map((all) => all.join(', '));
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      name,
      quoted,
      fc.tuple(name, list).map(([callee, given]) => `${callee}(${given})`),
      list.map((items) => `[${items}]`),
      fc.tuple(name, inner).map(([key, held]) => `{ ${key.replace('.', '')}: ${held} }`),
      inner.map((held) => `\`<\${${held}}>)\``),
      fc.tuple(name, inner).map(([given, body]) => `(${given.replace('.', '')}) => ${body}`),
      fc.tuple(name, inner).map(([left, right]) => `${left} / ${right}`),
    ),
  };
});

describe('whatever is nested', () => {
  const around = fc.constantFrom(
    ['go(', ')'],
    ['go([', '])'],
    ['go({ k: ', ' })'],
    ['s = `${', '}`'],
    ['go("(", [', '], ")")'],
    ['// go(', ')'],
  );
  const end = fc.constantFrom('', ';', ' {', ';\n}\n');
  it('the exact inner text gives the text, and so does the same with the closers again', () => {
    fc.assert(
      fc.property(value, around, end, (inner, [open = '', close = ''], more) => {
        const [before, after] = [`const it = 1;\n${open}`, `${close}${more}\nnext();\n`];
        const place = { before, after, languageId: 'typescript' };
        assert.equal(accepted(inner, place), before + inner + after);
        if (!/^[)\]}]/.test(close) || open.startsWith('//')) return;
        assert.equal(accepted(inner + close, place), before + inner + after);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('pairs of real code, with their exact inner text as the answer', function () {
  this.timeout(60_000);
  /** Every nth file and every nth pair in it, since all of them take minutes (`npm run bench:pairs`). */
  const samples: readonly (readonly [place: string, filesOf: number, pairsOf: number])[] = [
    ['src', 1, 31],
    ['node_modules/openai', 17, 23],
    ['node_modules/zod', 9, 23],
    ['test/workspace/reports/daily.py', 1, 1],
    ['test/workspace/db/stock.go', 1, 1],
    ['test/workspace/src/tides.rs', 1, 1],
  ];
  for (const [place, fileStep, pairStep] of samples) {
    it(place, () => {
      const files = sources(path.join(root, place)).filter((_, i) => i % fileStep === 0);
      const pairs = files.flatMap((file) => pairsOf(file)).filter((_, i) => i % pairStep === 0);
      const lost = pairs.filter((pair) => !isRestored(pair));
      assert.ok(pairs.length > 20, `${pairs.length}`);
      const shown = lost.map(({ file, text, from, to }) => `${file}: ${text.slice(from - 40, to + 20)}`);
      assert.ok(
        lost.length <= pairs.length / 1000,
        `${lost.length} of ${pairs.length}:\n${shown.join('\n')}`,
      );
    });
  }
});
