import assert from 'node:assert/strict';
import fc from 'fast-check';
import { missingIndent } from '../../../../src/core/local/indentation.ts';
import { lex } from '../../../../src/core/local/lexer.ts';
import { LocalModel } from '../../../../src/core/local/localModel.ts';
import { predict } from '../../../../src/core/local/predict.ts';
import { TokenStore } from '../../../../src/core/local/tokenStore.ts';
import { LINE_END, Vocabulary } from '../../../../src/core/local/vocabulary.ts';

const words = (text: string): readonly string[] => {
  const found: string[] = [];
  lex(text, 0, text.length, (start, end) => found.push(start === end ? '\n' : text.slice(start, end)));
  return found;
};

describe('the lexer', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['const a = b;', ['const', ' a', ' =', ' b', ';']],
    ['  if (x => y)\n\n\treturn', ['if', ' (', 'x', ' =>', ' y', ')', '\n', 'return']],
    ['a\r\nb', ['a', '\n', 'b']],
    ['x  ===  y', ['x', '  ', '===', '  ', 'y']],
    ['', []],
    ['\n\n  \n', []],
    ['grün_1 שלום', ['grün_1', ' שלום']],
  ];
  for (const [text, expected] of cases)
    it(JSON.stringify(text), () => assert.deepEqual(words(text), expected));

  it('leaves out nothing but indentation, line ends and blanks before them', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '_', '1', ' ', '\t', '\n', '\r', '=', '>', '(', '"', 'é', '😀'),
    });
    fc.assert(
      fc.property(text, (source) => {
        const strip = (each: string): string => each.replace(/\s/g, '');
        assert.equal(strip(words(source).join('')), strip(source));
      }),
    );
  });
});

describe('the vocabulary', () => {
  it('gives each text one number, and the text back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 })), (texts) => {
        const vocabulary = new Vocabulary();
        const number = (text: string): number => vocabulary.intern(`<${text}>`, 1, 1 + text.length);
        const numbers = texts.map(number);
        texts.forEach((text, i) => {
          assert.equal(number(text), numbers[i]);
          assert.equal(vocabulary.text(numbers[i]!), text);
          assert.ok(vocabulary.startsWith(numbers[i]!, text.slice(0, 2)));
        });
        assert.equal(new Set(numbers).size, new Set(texts).size);
      }),
    );
  });

  it('grows', () => {
    const vocabulary = new Vocabulary();
    for (let i = 0; i < 20_000; i += 1) vocabulary.intern(`word${i}`, 0, `word${i}`.length);
    assert.equal(vocabulary.text(vocabulary.intern('word12345', 0, 9)), 'word12345');
    assert.equal(vocabulary.size, 20_002);
  });
});

describe('the token store', () => {
  const tokens = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 120 });

  it('finds exactly the places a scan finds, newest first', () => {
    fc.assert(
      fc.property(
        tokens,
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 6 }),
        (all, context) => {
          const store = new TokenStore({ capacity: 2, maxTokens: 1000, hashBits: 6 });
          for (const token of all) store.push(token);
          for (const order of [1, 2, 4] as const) {
            const found: number[] = [];
            for (let next = store.head(order, context); next > 0; next = store.older(order, next - 1)) {
              if (store.matchLength(next - 1, context, order) >= order) found.push(next - 1);
            }
            const end = context.slice(-order).join();
            const expected = all
              .map((_, at) => at)
              .filter((at) => at >= order && all.slice(at - order, at).join() === end);
            assert.deepEqual(found, expected.reverse());
          }
        },
      ),
    );
  });

  it('takes no more than its limit', () => {
    const store = new TokenStore({ capacity: 2, maxTokens: 10, hashBits: 4 });
    for (let i = 0; i < 30; i += 1) assert.equal(store.push(i), i < 10);
    assert.equal(store.size, 10);
  });

  it('predicts with probabilities that sum to at most one', () => {
    fc.assert(
      fc.property(tokens, (all) => {
        const store = new TokenStore({ capacity: 16, maxTokens: 1000, hashBits: 6 });
        for (const token of all) store.push(token);
        const nest = { scopes: [{ store, weight: 2 }], vocabulary: new Vocabulary() };
        const said = predict(nest, all, { maxPlaces: 100, partial: '', count: 10 });
        const sum = said.reduce((total, { probability }) => total + probability, 0);
        assert.ok(sum <= 1 + 1e-9);
        assert.ok(said.every(({ probability }) => probability > 0));
      }),
    );
  });
});

const SOURCE = `
export function readSettings(store: Store): Settings {
  const stored = store.get('settings');
  if (stored === undefined) return DEFAULT_SETTINGS;
  return parseSettings(stored);
}
`;

const asked = (model: LocalModel, prefix: string, suffix = '') => model.complete({ prefix, suffix });

describe('the local model', () => {
  it('says the rest of a line that the workspace has', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    model.add('a.ts', SOURCE);
    const said = asked(model, 'function f(store: Store) {\n  const stored = store.g');
    assert.equal(said?.text, "et('settings');");
    assert.ok(said.confidence > 0.1);
  });

  it('knows the current file without an index, above and below the cursor', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    assert.equal(asked(model, `${SOURCE}\nfunction g() {\n  return parseS`)?.text, 'ettings(stored);');
    assert.equal(asked(model, 'function g() {\n  return parseS', SOURCE)?.text, 'ettings(stored);');
  });

  it('has no idea where there is nothing', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    assert.equal(asked(model, ''), undefined);
    assert.equal(asked(model, 'qwertz'), undefined);
    assert.equal(asked(model, '\n\n   '), undefined);
  });

  it('is surer of what it saw more often', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    model.add('a.ts', SOURCE);
    const once = asked(model, '  const stored = store.')?.confidence ?? 1;
    for (let i = 0; i < 5; i += 1) model.add(`b${i}.ts`, SOURCE);
    assert.ok((asked(model, '  const stored = store.')?.confidence ?? 0) > once);
  });

  it('forgets a document that is removed or replaced', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    model.add('a.ts', SOURCE);
    model.add('a.ts', 'nothing of the kind');
    assert.equal(asked(model, '  const stored = store.'), undefined);
    model.remove('a.ts');
    assert.deepEqual([model.stats.documents, model.stats.tokens], [0, 0]);
  });

  it('adds the indentation that is missing, and doubts a cursor that stands too deep', () => {
    const model = new LocalModel({ maxTokens: 10_000 });
    for (let i = 0; i < 5; i += 1) model.add(`b${i}.ts`, SOURCE);
    const head = 'export function readSettings(store: Store): Settings {\n';
    assert.equal(asked(model, head)?.text, "  const stored = store.get('settings');");
    const right = asked(model, `${head}  `);
    const deep = asked(model, `${head}          `);
    assert.ok((deep?.confidence ?? 1) < (right?.confidence ?? 0) / 3);
  });

  it('stops at its limit and says so', () => {
    const model = new LocalModel({ maxTokens: 100 });
    model.add('a.ts', SOURCE.repeat(10));
    assert.equal(model.stats.full, true);
    assert.ok(model.stats.tokens <= 100);
    asked(model, '  const stored = store.');
  });

  it('compaction changes memory, not answers, and honours removals made meanwhile', () => {
    const model = new LocalModel({ maxTokens: 50_000 });
    model.add('gone.ts', 'const stored = other.thing();\n'.repeat(50));
    model.add('a.ts', SOURCE);
    model.add('b.ts', SOURCE);
    model.remove('gone.ts');
    const before = asked(model, '  const stored = store.');
    const work = model.compacting();
    work.next();
    assert.deepEqual(asked(model, '  const stored = store.'), before, 'answers while it works');
    while (work.next().done !== true);
    assert.deepEqual(asked(model, '  const stored = store.'), before);
    const again = model.compacting();
    again.next();
    model.remove('a.ts');
    model.remove('b.ts');
    while (again.next().done !== true);
    assert.equal(asked(model, '  const stored = store.'), undefined);
  });

  it('is total: any text, any query', () => {
    const model = new LocalModel({ maxTokens: 5000 });
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, text, (source, prefix, suffix) => {
        model.add('x', source);
        const said = asked(model, prefix, suffix);
        if (said === undefined) return;
        assert.ok(!said.text.includes('\n') && said.text.trim() !== '');
        assert.ok(0 < said.confidence && said.confidence <= 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('indentation of a new line', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['if (x) {\n', 'y();', '  '],
    ['def f():\n', 'pass', '  '],
    ['  a();\n', 'b();', '  '],
    ['  a();\n', '}', ''],
    ['if (x) {\n', '}', ''],
    ['\tif (x) {\n\t\ta();\n', 'b();', '\t\t'],
    ['    if (x) {\n        a();\n', '}', '    '],
    ['/**\n', '* text', ' '],
    [' * text\n', '*/', ' '],
    [' */\n', 'export', ''],
    ['a();\n        ', 'b();', undefined],
    ['a = ', 'b', ''],
    ['', 'a', ''],
  ];
  for (const [prefix, predicted, expected] of cases) {
    it(`${JSON.stringify(prefix)} then ${predicted}`, () =>
      assert.equal(missingIndent(prefix, predicted), expected));
  }
});

describe('line ends', () => {
  it('have a number of their own', () => {
    const vocabulary = new Vocabulary();
    assert.notEqual(vocabulary.intern('a', 0, 1), LINE_END);
  });
});
