import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseOutcomes, poolOf, readOutcomes } from '../../bench/outcomes.ts';

const MODELS = ['a', 'b', 'c'];
const row = (more: object = {}): string =>
  JSON.stringify({ id: '1', task: 't', prompt: 'p', q: [1, 0.5, 0], c: [3, 2, 1], ...more });

describe('parseOutcomes', () => {
  it('reads the pool’s columns in the pool’s order', () => {
    const parsed = parseOutcomes('x', 'x', `${row()}\n${row({ id: '2' })}\n\n`, MODELS, ['c', 'a']);
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
      const parsed = parseOutcomes('x', 'x', `${row()}\n${line}`, MODELS, MODELS);
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.equal(parsed.value.rows.length, 1);
      assert.equal(parsed.value.dropped[reason], 1);
    });
  }

  it('keeps a row whose null is another model’s', () => {
    const parsed = parseOutcomes('x', 'x', row({ q: [null, 0, 1], c: [null, 1, 1] }), MODELS, ['b', 'c']);
    assert.ok(parsed.ok && parsed.value.rows.length === 1);
  });

  it('names the models that have no cost anywhere', () => {
    const parsed = parseOutcomes('x', 'x', row({ c: [1, null, 1] }), MODELS, MODELS);
    assert.deepEqual(parsed, { ok: false, error: { kind: 'no-cost', path: 'x', models: ['b'] } });
    const none = parseOutcomes('x', 'x', row({ c: undefined }), MODELS, MODELS);
    assert.ok(!none.ok && none.error.kind === 'no-cost');
  });

  it('refuses a file without a usable row', () => {
    const parsed = parseOutcomes('x', 'x', '\nnonsense\n', MODELS, MODELS);
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
    assert.equal(kindOf(write(good), ['a', 'z']), 'unknown-models');
    assert.equal(kindOf(write(good.subarray(0, good.length - 12))), 'truncated');
    assert.equal(kindOf(write(new TextEncoder().encode('plain'))), 'truncated');
    assert.equal(kindOf(write(good, { models: 'a' })), 'no-models');
    assert.equal(kindOf(write(good, '{')), 'unreadable');
    assert.equal(kindOf(join(folder, 'gone.jsonl.gz')), 'unreadable');
  });

  it('has no pool where there is no pools.json', () => {
    assert.equal(poolOf(join(folder, 'deeper', 'm.jsonl.gz')), undefined);
  });
});
