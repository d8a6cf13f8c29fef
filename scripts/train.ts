/**
 * Trains the shared space and the models' priors, and writes the artifact that ships.
 *
 *   npm run train -- [--data DIR] [--seed 1] [--out FILE] [--everything FILE]
 *
 * `--everything` also trains the evaluation artifact, from sources whose license forbids shipping their weights; it
 * stays under out/. Neither is trained on the benchmark's files. The same seed gives the same output.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { train } from './train/train.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '..', 'shared', 'data') },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(root, 'media', 'space.json') },
    everything: { type: 'string', default: join(root, 'out', 'space-everything.json') },
  },
});

const ratings = join(import.meta.dirname, 'train', 'ratings.json');
for (const [path, everything] of [
  [values.out, false],
  [values.everything, true],
] as const) {
  const artefact = train({
    data: values.data,
    ratings,
    seed: Number(values.seed),
    everything,
    say: console.log,
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, artefact);
  console.log(`${path}: ${Math.round(readFileSync(path).length / 1024)} KB`);
}
