import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { extractFeatures, type PromptView } from '../../../../src/core/features/features.ts';
import { LANGUAGES } from '../../../../src/core/features/language.ts';
import { BUCKETS, hashGrams } from '../../../../src/core/features/hashing.ts';
import { taskOf } from '../../../../src/core/features/task.ts';
import { norm } from '../../../../src/core/linalg.ts';
import type { EffortLevel } from '../../../../src/core/arm.ts';
import { qualityShift } from '../../../../src/core/models/efforts.ts';
import { parseNames, priorOf } from '../../../../src/core/learning/prior.ts';
import { decodeSpace, type Space } from '../../../../src/core/learning/space.ts';

const path = join(import.meta.dirname, '../../../../media/space.json');
const text = readFileSync(path, 'utf8');
const artefact = JSON.parse(text) as Record<string, unknown>;
const shipped = ((): Space => {
  const decoded = decodeSpace(artefact);
  assert.ok(decoded.ok);
  return decoded.value;
})();

const view = (prompt: string, more: Partial<PromptView> = {}): PromptView => ({
  text: prompt,
  languageId: '',
  surface: 'ask',
  contextChars: 0,
  turn: 0,
  referenceCount: 0,
  ...more,
});
const project = (prompt: string, more: Partial<PromptView> = {}): Float64Array =>
  shipped.project(extractFeatures(view(prompt, more))).x;

describe('the space that ships', () => {
  it('is under 400 KB and names its sources with licence and date', () => {
    assert.ok(text.length < 400 * 1024, `${text.length} bytes`);
    assert.ok(shipped.manifest.length >= 3);
    for (const { name, licence, date } of shipped.manifest) {
      assert.match(licence, /^(Apache-2\.0|MIT|facts)$/, name);
      assert.match(date, /^20\d\d/, name);
    }
  });

  it('was trained from no source that may not ship, and from no benchmark file', () => {
    const names = shipped.manifest.map(({ name }) => name);
    for (const forbidden of [
      'alpacaeval',
      'routerdc7',
      'copilot-arena',
      'routerbench0_subset',
      'cascade9',
      'openhands_index',
      'livecodebench_gen',
      'bfcl_v1_202408',
    ]) {
      assert.ok(!names.includes(forbidden), forbidden);
    }
  });

  it('gives [1, psi] with psi of unit length, for any prompt whatever', () => {
    const check = (prompt: string, more?: Partial<PromptView>): void => {
      const x = project(prompt, more);
      assert.equal(x.length, shipped.dimension);
      assert.equal(x[0], 1);
      assert.ok(Math.abs(norm(x.subarray(1, shipped.learnt)) - 1) < 1e-9);
      const indicators = [...x.subarray(shipped.learnt)];
      assert.equal(indicators.length, LANGUAGES.length);
      assert.ok(indicators.every((value) => value >= 0 && value <= 1));
      assert.ok(indicators.filter((value) => value > 0).length <= 1);
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (prompt) => check(prompt)),
      { numRuns: 50 },
    );
    for (const prompt of [
      '',
      ' \n\t ',
      'x'.repeat(1_000_000),
      '\n'.repeat(100_000),
      '"'.repeat(50_000),
      '\\a'.repeat(50_000),
      '写一个函数',
      'Объясни код',
      '\ud800',
      '🙂'.repeat(50),
    ]) {
      check(prompt);
    }
    check('x', { turn: NaN, contextChars: Infinity, referenceCount: -1 });
  });

  it('is deterministic, and tells prompts apart', () => {
    assert.deepEqual(project('Fix this bug in main.rs'), project('Fix this bug in main.rs'));
    assert.notDeepEqual(project('Fix this bug in main.rs'), project('Write a poem about the sea'));
  });

  it('tells two languages apart in the context itself, whatever the projection makes of them', () => {
    const indicators = (languageId: string): string =>
      project('Fix this', { languageId }).subarray(shipped.learnt).join();
    assert.notEqual(indicators('rust'), indicators('go'));
    assert.equal(indicators('typescript'), indicators('typescriptreact'));
    assert.equal(indicators(''), indicators('plaintext'));
    const guessed = project('```rust\nlet a;\n```').subarray(shipped.learnt);
    assert.ok(norm(guessed) > 0 && norm(guessed) < 1);
  });

  it('has no opinion on languages before feedback', () => {
    const { theta } = priorOf(shipped.models, 'claude-opus-4-5', undefined);
    assert.equal(theta.length, shipped.dimension);
    assert.ok(theta.subarray(shipped.learnt).every((value) => value === 0));
  });

  it('puts prompts of a kind nearer than prompts of another', () => {
    const cosine = (a: string, b: string): number =>
      project(a)
        .subarray(1, shipped.learnt)
        .reduce((sum, value, k) => sum + value * project(b)[k + 1]!, 0);
    const maths = 'Tom has 5 apples and buys 7 more. How many apples does he have?';
    const moreMaths = 'A train travels 60 miles in 2 hours. How many miles does it travel in 5 hours?';
    const code = 'Write a python function that reverses a linked list.';
    assert.ok(cosine(maths, moreMaths) > cosine(maths, code));
  });

  it('knows why it rates a model as it does', () => {
    const known = priorOf(shipped.models, 'openrouter/anthropic/claude-sonnet-4.5', undefined).origin;
    assert.equal(known.kind, 'known');
    assert.match('source' in known ? (known.source?.date ?? '') : '', /^20\d\d/);
    const card = { inputUsdPerMTok: 15, outputUsdPerMTok: 75 };
    const dear = priorOf(shipped.models, 'unheard-of', card).origin;
    const cheap = priorOf(shipped.models, 'unheard-of', {
      inputUsdPerMTok: 0.1,
      outputUsdPerMTok: 0.2,
    }).origin;
    assert.equal(dear.kind, 'size-and-price');
    assert.ok(dear.rating > cheap.rating);
    assert.ok(
      priorOf(shipped.models, 'unheard-of-70b', undefined).origin.rating >
        priorOf(shipped.models, 'unheard-of-1b', undefined).origin.rating,
    );
  });

  it('starts the same model higher at a higher effort, by what was measured, whichever effort its rating is of', () => {
    const level = (model: string, effort?: EffortLevel): number =>
      priorOf(shipped.models, model, undefined, { effort }).theta[0] ?? 0;
    for (const model of ['o4-mini', 'gpt-5.2', 'unheard-of']) {
      const [low, medium, none, high] = [
        level(model, 'low'),
        level(model, 'medium'),
        level(model),
        level(model, 'high'),
      ];
      assert.ok(low < medium && medium === none && none < high, `${model}: ${low} ${medium} ${high}`);
      assert.ok(Math.abs(high - low - (qualityShift('high') - qualityShift('low'))) < 1e-9);
    }
    assert.match(JSON.stringify(priorOf(shipped.models, 'gpt-5-mini', undefined).origin), /gpt-5-mini-high/);
    assert.equal(level('gpt-5-mini', 'high'), level('gpt-5-mini'), 'its rating is that of high effort');
    assert.ok(level('gpt-5-mini', 'medium') < level('gpt-5-mini'));
  });

  it('has its names parsed one in each step, so that typing does not wait for all of them', () => {
    assert.equal([...parseNames(shipped.models)].length, shipped.models.models.length);
  });

  it('gives better rated models the higher prior on average', () => {
    const level = (model: string): number => {
      const { theta } = priorOf(shipped.models, model, undefined);
      const prompts = ['Explain this', 'Write a function', 'How many?', 'Fix the bug'].map((prompt) =>
        project(prompt),
      );
      return prompts.reduce((sum, x) => sum + x.reduce((dot, value, k) => dot + value * theta[k]!, 0), 0);
    };
    assert.ok(level('claude-opus-4-5') > level('gpt-4o-mini'));
    assert.ok(level('gpt-4o-mini') > level('llama-2-7b-chat'));
  });

  it('rates models by public arenas alone, none of which is a benchmark it is measured on', () => {
    for (const { name } of shipped.models.sources) {
      assert.match(name, /Arena/);
      assert.doesNotMatch(name, /RouterBench|MMLU|cascade|BFCL|Berkeley|OpenHands|SWE|LiveCodeBench/i);
    }
  });

  it('leaves a source of ratings out on request', () => {
    const { origin } = priorOf(shipped.models, 'claude-instant-1', undefined, {
      without: ['LMSYS Chatbot Arena'],
    });
    assert.ok(!('source' in origin) || origin.source?.name !== 'LMSYS Chatbot Arena');
  });
});

describe('decodeSpace', () => {
  const check = (value: unknown, kind: string): void => {
    const decoded = decodeSpace(value);
    assert.ok(!decoded.ok);
    assert.equal(decoded.error.kind, kind);
  };

  it('refuses garbage without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(decodeSpace(value).ok, false)));
  });

  it('says what is wrong', () => {
    check({}, 'not-a-space');
    check({ ...artefact, version: 99 }, 'other-version');
    check({ ...artefact, features: 99 }, 'other-features');
    check({ ...artefact, dimension: 5 }, 'damaged');
    check({ ...artefact, grams: 'AAAA' }, 'damaged');
    check({ ...artefact, bias: (artefact['bias'] as string).replace(/^.{6}/, 'AADAfw') }, 'damaged');
    check(
      { ...artefact, models: { ...(artefact['models'] as object), models: [['x', 'high', 0]] } },
      'damaged',
    );
  });
});

describe('features', () => {
  it('hash words whatever their case, and keep nothing of them but buckets', () => {
    const { buckets, weights } = hashGrams('Hello hello HELLO');
    assert.deepEqual(buckets, hashGrams('hello hello hello').buckets);
    assert.ok(buckets.every((bucket) => bucket < BUCKETS));
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight * weight, 0) - 1) < 1e-5);
    assert.equal(hashGrams(' \n ').buckets.length, 0);
  });

  it('share buckets between scripts without spaces', () => {
    const shared = (a: string, b: string): number => {
      const other = new Set(hashGrams(b).buckets);
      return hashGrams(a).buckets.filter((bucket) => other.has(bucket)).length;
    };
    assert.ok(shared('写一个排序函数', '请写一个函数') >= 5);
  });

  it('read the head and the tail of a very long prompt', () => {
    const long = `${'a '.repeat(200_000)}please fix the error`;
    assert.equal(extractFeatures(view(long)).coarse.task, 'fix');
    assert.equal(extractFeatures(view(long)).coarse.lengthBucket, Math.floor(Math.log2(1 + long.length)));
  });

  for (const [prompt, task] of [
    ['Explain what this regex does', 'explain'],
    ['Write a binary search in Go', 'write'],
    ['Why do I get TypeError: x is not a function? Fix it.', 'fix'],
    ['Refactor this class to use composition', 'refactor'],
    ['Write unit tests for the parser', 'test'],
    ['Add a docstring to every function', 'document'],
    ['Review this pull request', 'review'],
    ['Which city is the capital of France?', 'question'],
    ['Calculate the total cost of 3 apples at $2', 'math'],
    ['Available functions:\n- get_weather(city)', 'tool'],
    ['hi there', 'chat'],
    ['', 'chat'],
  ] as const) {
    it(`take ${JSON.stringify(prompt)} for ${task}`, () => assert.equal(taskOf(prompt, 'ask'), task));
  }

  it('take an inline request for a completion, whatever it says', () => {
    assert.equal(taskOf('explain', 'inline'), 'complete');
  });
});
