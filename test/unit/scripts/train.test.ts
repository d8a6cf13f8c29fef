/** Training on a generated corpus: the guarantees that hold for any corpus. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decodeSpace } from '../../../src/core/learning/space.ts';
import { OUTCOME_FILES, PAIR_SOURCES } from '../../../scripts/train/corpus.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { train } from '../../../scripts/train/train.ts';

const PROMPTS = 60;
/** Rows of the one matrix that has enough of them to show which prompts are hard for which model. */
const MANY = 1300;
const WORDS = [
  'sort',
  'list',
  'sum',
  'poem',
  'sea',
  'train',
  'proof',
  'regex',
  'parse',
  'night',
  'index',
  'cat',
];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'llama-2-7b-chat', 'llama-2-70b-chat'];
const QUALITY = [0.9, 0.6, 0.2, 0.4];

describe('training', () => {
  const data = mkdtempSync(join(tmpdir(), 'pilot-train-'));
  const gz = (path: string, lines: readonly string[]): void =>
    writeFileSync(join(data, path), gzipSync(`${lines.join('\n')}\n`));
  const random = seeded(5);
  const textOf = (): string =>
    Array.from({ length: 6 }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(' ');

  before(() => {
    for (const folder of ['outcomes', 'preferences', 'priors']) mkdirSync(join(data, folder));
    for (const { name } of OUTCOME_FILES) {
      writeFileSync(join(data, 'outcomes', `${name}.meta.json`), JSON.stringify({ models: MODELS }));
      const rows = Array.from({ length: name === 'llmrouter9' ? MANY : PROMPTS }, (_, i) => {
        const q = QUALITY.map((chance) => (random() < chance ? 1 : 0));
        return JSON.stringify({ id: `${name}-${i}`, fold: i % 10, prompt: textOf(), q });
      });
      gz(`outcomes/${name}.jsonl.gz`, rows);
    }
    const asked = PAIR_SOURCES.flatMap(({ name: source }) =>
      Array.from({ length: PROMPTS }, (_, i) => ({
        pid: `${source}-${i}`,
        source,
        fold: i % 10,
        prompt: textOf(),
      })),
    );
    gz(
      'preferences/prompts.jsonl.gz',
      asked.map((row) => JSON.stringify(row)),
    );
    const pairs = asked.map(({ pid }, i) => `${pid},${MODELS[i % 2]!},${MODELS[2]!},0.1,judge,900,300`);
    gz('preferences/pairs.csv.gz', ['pid,model_a,model_b,p_b,judge,len_a,len_b', ...pairs]);
    writeFileSync(
      join(data, 'priors', 'prices.json.gz'),
      gzipSync('{"litellm_2025_09":{"gpt-4o":[2.5,10],"gpt-4o-mini":[0.15,0.6]}}'),
    );
    const ratings = 'gpt-4o 1320,gpt-4o-mini 1270,llama-2-7b-chat 1050,llama-2-70b-chat 1100';
    const source = { name: 'An Arena', date: '2026-01-01', anchor: true, ratings };
    writeFileSync(join(data, 'ratings.json'), JSON.stringify({ sources: [source] }));
  });
  after(() => rmSync(data, { recursive: true }));

  const run = (seed: number, everything = false): { artefact: string; said: string } => {
    const lines: string[] = [];
    const say = (line: string): number => lines.push(line);
    const artefact = train({
      data,
      ratings: join(data, 'ratings.json'),
      seed,
      everything,
      say,
      triplets: 200,
    });
    return { artefact, said: lines.join('\n') };
  };

  /** Trained once for all tests. */
  const known = new Map<boolean, ReturnType<typeof run>>();
  const once = (everything = false): ReturnType<typeof run> => {
    const made = known.get(everything) ?? run(1, everything);
    known.set(everything, made);
    return made;
  };

  it('gives the same artefact for the same seed, another for another', () => {
    const first = once().artefact;
    assert.equal(run(1).artefact, first);
    assert.notEqual(run(2).artefact, first);
    const space = decodeSpace(JSON.parse(first));
    assert.ok(space.ok, JSON.stringify(space));
  }).timeout(60_000);

  it('shows its progress, and how well it predicts preferences beside what knows nothing', () => {
    const { said } = once();
    for (let epoch = 1; epoch <= 4; epoch++)
      assert.match(said, new RegExp(`phase 1, epoch ${epoch}/4: loss \\d`));
    assert.match(said, /phase 2: 4 models, temperature \d/);
    // Twelve held-back prompts of each of three sources; the first two models always win, with the longer answer.
    assert.match(
      said,
      /held-back judged pairs \(36\): [\d.]+ %.*majority of the two models 100\.0 %; longer answer 100\.0 %/,
    );
    assert.match(said, /held-back derived pairs \(\d+\): [\d.]+ %/);
  }).timeout(60_000);

  it('names in its manifest what it was trained from, and in what ships nothing that may not', () => {
    const namesOf = (artefact: string): string[] =>
      (JSON.parse(artefact) as { manifest: { name: string }[] }).manifest.map(({ name }) => name);
    const all = [...OUTCOME_FILES, ...PAIR_SOURCES];
    const ships = all.filter((file) => file.ships).map(({ name }) => name);
    const held = (names: readonly string[]): string[] => ships.filter((name) => !names.includes(name));
    const shipped = namesOf(once().artefact);
    assert.deepEqual(held(shipped), []);
    for (const { name } of all.filter((file) => !file.ships)) {
      assert.ok(!shipped.includes(name), name);
      assert.ok(namesOf(once(true).artefact).includes(name), name);
    }
  }).timeout(60_000);
});
