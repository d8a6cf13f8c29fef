import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseOutcomes, readOutcomes, sentence, type OutcomeError } from '../../bench/outcomes.ts';

const MODELS = ['a', 'b', 'c'];
const ALL = { models: MODELS, strict: true };
const row = (more: object = {}): string =>
  JSON.stringify({ id: '1', task: 't', prompt: 'p', q: [1, 0.5, 0], c: [3, 2, 1], ...more });

describe('parseOutcomes', () => {
  it('reads the pool’s columns in the pool’s order', () => {
    const parsed = parseOutcomes('x.jsonl.gz', `${row()}\n${row({ id: '2' })}\n\n`, MODELS, {
      models: ['c', 'a'],
      strict: true,
    });
    assert.ok(parsed.ok);
    assert.equal(parsed.value.rows.length, 2);
    assert.deepEqual([...parsed.value.rows[0]!.quality], [0, 1]);
    assert.deepEqual([...parsed.value.rows[0]!.cost], [1, 3]);
  });

  for (const [name, line, reason] of [
    ['half a line', '{"id":"1","q":[1', 'not-json'],
    ['a list', '[]', 'wrong-shape'],
    ['no prompt', row({ prompt: null }), 'no-prompt'],
    ['too few qualities', row({ q: [1] }), 'wrong-shape'],
    ['costs that are no list', row({ c: 'dear' }), 'wrong-shape'],
    ['a null quality', row({ q: [null, 0, 1] }), 'null-quality'],
    ['a null cost', row({ c: [null, 0, 1] }), 'null-cost'],
    ['a quality above one', row({ q: [2, 0, 1] }), 'out-of-range'],
    ['a negative cost', row({ c: [-1, 0, 1] }), 'out-of-range'],
  ] as const) {
    it(`drops and counts ${name}`, () => {
      const parsed = parseOutcomes('x', `${row()}\n${line}`, MODELS, ALL);
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.equal(parsed.value.rows.length, 1);
      assert.equal(parsed.value.dropped[reason], 1);
    });
  }

  it('keeps a row whose null is another model’s', () => {
    const text = row({ q: [null, 0, 1], c: [null, 1, 1] });
    const parsed = parseOutcomes('x', text, MODELS, { models: ['b', 'c'], strict: true });
    assert.ok(parsed.ok && parsed.value.rows.length === 1);
  });

  it('refuses models that were named and cannot be used, and says why', () => {
    const refused = (text: string, models: readonly string[]): unknown => {
      const parsed = parseOutcomes('x', text, MODELS, { models, strict: true });
      return parsed.ok || parsed.error.kind !== 'unusable-models' ? parsed : parsed.error.models;
    };
    assert.deepEqual(refused(row({ c: [1, null, 1] }), MODELS), [{ model: 'b', why: 'no cost anywhere' }]);
    assert.deepEqual(refused(row({ q: [1, null, 1] }), MODELS), [{ model: 'b', why: 'no quality anywhere' }]);
    assert.deepEqual(refused(row(), ['a', 'z']), [{ model: 'z', why: 'not in the file' }]);
    assert.equal((refused(row({ c: undefined }), MODELS) as unknown[]).length, 3);
  });

  it('leaves them out of a default pool, keeps the rows, and lists them', () => {
    const text = `${row({ c: [1, null, 1] })}\n${row({ c: [2, null, 1] })}`;
    const parsed = parseOutcomes('x', text, MODELS, { models: [...MODELS, 'z'], strict: false });
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value.models, ['a', 'c']);
    assert.equal(parsed.value.rows.length, 2);
    assert.deepEqual(
      parsed.value.leftOut.map(({ model, why }) => `${model}: ${why}`),
      ['b: no cost anywhere', 'z: not in the file'],
    );
    const none = parseOutcomes('x', row({ c: null }), MODELS, { models: MODELS, strict: false });
    assert.ok(!none.ok && none.error.kind === 'unusable-models');
  });

  it('refuses a file without a usable row', () => {
    const parsed = parseOutcomes('x', '\nnonsense\n', MODELS, ALL);
    assert.ok(!parsed.ok && parsed.error.kind === 'no-rows');
  });
});

describe('readOutcomes', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'outcomes-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (bytes: Uint8Array, meta: unknown = { models: MODELS }): string => {
    const path = join(folder, 'm.jsonl.gz');
    writeFileSync(path, bytes);
    writeFileSync(join(folder, 'm.meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta));
    return path;
  };
  const kindOf = (path: string, pool?: readonly string[]): string => {
    const read = readOutcomes(path, pool);
    return read.ok ? `${read.value.rows.length} rows` : read.error.kind;
  };

  it('reads a good file, and says what is wrong with a bad one', () => {
    const good = gzipSync(`${row()}\n`);
    assert.equal(kindOf(write(good)), '1 rows');
    assert.equal(kindOf(write(good), ['a', 'z']), 'unusable-models');
    assert.equal(kindOf(write(good.subarray(0, good.length - 12))), 'truncated');
    assert.equal(kindOf(write(new TextEncoder().encode('plain'))), 'truncated');
    assert.equal(kindOf(write(good, { models: 'a' })), 'no-models');
    assert.equal(kindOf(write(good, '{')), 'unreadable');
    assert.equal(kindOf(join(folder, 'gone.jsonl.gz')), 'unreadable');
  });

  it('wants the name it can find the list of models by', () => {
    const path = join(folder, 'm.jsonl');
    writeFileSync(path, row());
    assert.equal(kindOf(path), 'unreadable');
  });

  it('takes the pool that pools.json beside the folder names, and says when that cannot be read', () => {
    mkdirSync(join(folder, 'outcomes'));
    const path = join(folder, 'outcomes', 'm.jsonl.gz');
    writeFileSync(path, gzipSync(row()));
    writeFileSync(join(folder, 'outcomes', 'm.meta.json'), JSON.stringify({ models: MODELS }));
    const models = (): unknown => {
      const read = readOutcomes(path, undefined);
      return read.ok ? read.value.models : read.error.kind;
    };
    assert.deepEqual(models(), MODELS);
    for (const [pools, expected] of [
      [{ m: ['c', 'b'] }, ['c', 'b']],
      [{ m: 'all' }, MODELS],
      [{ other: ['a'] }, MODELS],
      [[], MODELS],
    ] as const) {
      writeFileSync(join(folder, 'pools.json'), JSON.stringify(pools));
      assert.deepEqual(models(), expected);
    }
    writeFileSync(join(folder, 'pools.json'), '{"m": [');
    assert.equal(models(), 'unreadable');
    assert.deepEqual(readOutcomes(path, ['a']).ok, true);
  });
});

describe('what is told of a bad file', () => {
  const dropped = {
    'not-json': 2,
    'no-prompt': 0,
    'wrong-shape': 0,
    'null-quality': 1,
    'null-cost': 0,
    'out-of-range': 0,
  };
  for (const error of [
    { kind: 'unreadable', path: 'f', reason: 'no such file' },
    { kind: 'truncated', path: 'f', reason: 'unexpected end of file' },
    { kind: 'no-models', path: 'f' },
    { kind: 'unusable-models', path: 'f', models: [{ model: 'a', why: 'no cost anywhere' }] },
    { kind: 'no-rows', path: 'f', dropped },
  ] as const satisfies readonly OutcomeError[]) {
    it(`is one sentence about the file: ${error.kind}`, () => {
      assert.match(sentence(error), /^f [^\n]+\.$/);
    });
  }

  it('has the counts and the models', () => {
    assert.match(sentence({ kind: 'no-rows', path: 'f', dropped }), /2 not-json, 1 null-quality/);
    assert.match(
      sentence({ kind: 'unusable-models', path: 'f', models: [{ model: 'a', why: 'no cost anywhere' }] }),
      /a \(no cost anywhere\)/,
    );
  });
});
