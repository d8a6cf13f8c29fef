import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeExchange, maxEntries, parseExchange } from '../../../../src/app/exchange/exchange.ts';
import { exportedEntry, parseEntry, type ExportedEntry } from '../../../../src/app/exchange/exchangeEntry.ts';
import type { LedgerEntry } from '../../../../src/app/ports/money.ts';
import type { ArmId, NanoUsd, ReservationId } from '../../../../src/core/brand.ts';

const now = new Date(2026, 10, 20, 12).getTime();

const entry: LedgerEntry = {
  seq: 1,
  id: 'r-1' as ReservationId,
  period: '2026-11',
  at: new Date(2026, 10, 3, 9).getTime(),
  state: 'settled',
  armId: 'openrouter/anthropic/claude-haiku' as ArmId,
  decisionId: undefined,
  purpose: 'retry',
  inline: true,
  workspaceId: '0123456789abcdef',
  language: 'typescript',
  expected: 1 as NanoUsd,
  worstCase: 9 as NanoUsd,
  cost: 1_234_567 as NanoUsd,
  heldBack: 0 as NanoUsd,
  overrun: 0 as NanoUsd,
  source: 'reported',
  tokens: { input: 10, cachedInput: 2, cacheWrite: 0, output: 5, reasoning: 1 },
  generationId: 'gen-9',
  note: undefined,
};
const exported = exportedEntry(entry)!;
const learnt = { version: 1, heads: { ask: [], inline: [] } };
const good = encodeExchange({ exportedAt: now, learnt, entries: [exported] });

const kindOf = (content: string): string => {
  const parsed = parseExchange(content, now);
  return parsed.ok ? 'ok' : parsed.error.kind;
};
/** The good file with its top-level members changed. */
const changed = (members: object): string => JSON.stringify({ ...(JSON.parse(good) as object), ...members });
const withRow = (members: object): string => changed({ ledger: [exported, { ...exported, ...members }] });

describe('an exported file', () => {
  it('comes back as it went out', () => {
    const parsed = parseExchange(good, now);
    assert.ok(parsed.ok);
    assert.equal(parsed.value.exportedAt, now);
    assert.deepEqual(parsed.value.learnt, learnt);
    const { id, period, at, armId, purpose, inline, workspaceId, language, cost, source, tokens } = entry;
    assert.deepEqual(parsed.value.entries, [
      { id, period, at, armId, purpose, inline, workspaceId, language, cost, source, tokens },
    ]);
    assert.equal(parsed.value.holdsSettings, false);
  });

  it('of before it said whether a call was inline is read as well', () => {
    const older = Object.fromEntries(Object.entries(exported).filter(([key]) => key !== 'inline'));
    const parsed = parseExchange(changed({ ledger: [older] }), now);
    assert.ok(parsed.ok);
    assert.equal(parsed.value.entries[0]?.inline, false);
  });

  it('holds nothing that is still under way, and no provider’s id', () => {
    assert.equal(exportedEntry({ ...entry, state: 'reserved' }), undefined);
    assert.ok(!good.includes('gen-9'));
  });

  it('says when prices or limits are in it, and does not read them', () => {
    const parsed = parseExchange(changed({ limits: { monthly: 1e9 }, prices: {} }), now);
    assert.ok(parsed.ok && parsed.value.holdsSettings);
    assert.deepEqual(Object.keys(parsed.value).sort(), ['entries', 'exportedAt', 'holdsSettings', 'learnt']);
  });

  const refused: readonly (readonly [what: string, content: string, kind: string])[] = [
    ['is empty', '', 'foreign'],
    ['is text', 'hello', 'foreign'],
    ['is another JSON', '{"a":1}', 'foreign'],
    ['is a list', '[]', 'foreign'],
    ['is null', 'null', 'foreign'],
    ['names the format in its prototype only', '{"__proto__":{"format":"pilot-export","version":1}}', 'foreign'],
    ['breaks off', good.slice(0, -20), 'truncated'],
    ['breaks off early', good.slice(0, 40), 'truncated'],
    ['is older', changed({ version: 0 }), 'older'],
    ['is newer', changed({ version: 2 }), 'newer'],
    ['has no version', changed({ version: undefined }), 'damaged'],
    ['has a version that is no number', changed({ version: '1' }), 'damaged'],
    ['has no date', changed({ exportedAt: 'yesterday' }), 'damaged'],
    ['has a ledger that is no list', changed({ ledger: {} }), 'damaged'],
    ['has too many rows', changed({ ledger: new Array(maxEntries + 1).fill(0) }), 'too-large'],
    ['has a row that is null', changed({ ledger: [null] }), 'damaged'],
    ['has a cost beyond all numbers', good.replace('1234567', '1e999'), 'damaged'],
    ['has a cost that is NaN, written as null', withRow({ cost_nano_usd: null }), 'damaged'],
    ['has a negative cost', withRow({ cost_nano_usd: -1 }), 'damaged'],
    ['has a broken cost', withRow({ cost_nano_usd: 0.5 }), 'damaged'],
    ['has a path for a model', withRow({ model: '../../etc/passwd' }), 'damaged'],
    ['has an absolute path for a model', withRow({ model: '/etc/passwd' }), 'damaged'],
    ['has no model for a call', withRow({ model: '' }), 'damaged'],
    ['has a path for an id', withRow({ id: 'a/b' }), 'damaged'],
    ['has a workspace that is no hash', withRow({ workspace: 'C:\\Users' }), 'damaged'],
    ['has a call of next year', withRow({ at: '2027-11-20T00:00:00.000Z', period: '2027-11' }), 'damaged'],
    ['has a call of before all models', withRow({ at: '1999-01-01T00:00:00.000Z', period: '1999-01' }), 'damaged'],
    ['moves an old call into this month', withRow({ at: '2026-01-05T00:00:00.000Z' }), 'damaged'],
    ['has a word for whether a call was inline', withRow({ inline: 'yes' }), 'damaged'],
    ['has a surface of its own', withRow({ surface: 'constructor' }), 'damaged'],
    ['has a row of its prototype only', changed({ ledger: [{}] }).replace('[{}]', '[{"__proto__":{"id":"x"}}]'), 'damaged'],
  ]; // prettier-ignore
  for (const [what, content, kind] of refused) {
    it(`that ${what} is refused as ${kind}`, () => assert.equal(kindOf(content), kind));
  }

  it('names the place that cannot be right', () => {
    const parsed = parseExchange(withRow({ language: 'a b' }), now);
    assert.deepEqual(parsed, { ok: false, error: { kind: 'damaged', where: 'ledger[1].language' } });
  });

  it('is read without a throw, whatever is in it', () => {
    fc.assert(
      fc.property(fc.json(), (content) => {
        assert.notEqual(kindOf(content), 'ok');
        kindOf(changed({ ledger: JSON.parse(content) as unknown, version: 1 }));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), (length) => assert.notEqual(kindOf(good.slice(0, length)), 'ok')),
    );
  });

  it('reads back any settled call', () => {
    const row: fc.Arbitrary<ExportedEntry> = fc
      .record({
        cost: fc.nat(1e12),
        at: fc.integer({ min: Date.UTC(2020, 1, 1), max: now }),
        model: fc.constantFrom('openai/gpt-5', 'ollama/qwen2.5-coder:7b', 'x/y@z', 'pilot/local'),
        purpose: fc.constantFrom('ask', 'inline', 'chat', 'retry', 'embedding', 'test'),
      })
      .map(({ cost, at, model, purpose }) => {
        const date = new Date(at);
        const period = `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`;
        return exportedEntry({
          ...entry,
          cost: cost as NanoUsd,
          at,
          period,
          armId: model as ArmId,
          purpose,
        })!;
      });
    fc.assert(fc.property(row, (each) => assert.equal(typeof parseEntry(each, now), 'object')));
  });
});
