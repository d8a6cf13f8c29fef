/**
 * npm run bench:pairs -- [--place FILE-OR-FOLDER]...
 *
 * Every bracket and quote pair of one line, with its exact inner text as a model's answer: whether accepting it
 * restores the document. Without --place: src, two packages it depends on, and the sample workspace. Fails below 99.9 %
 * in any place.
 */
import { parseArgs } from 'node:util';
import { LANGUAGE, isRestored, pairsOf, sources } from '../../unit/core/inline/pairs.ts';

const { values: flags } = parseArgs({ options: { place: { type: 'string', multiple: true } } });
const PLACES = [
  'src',
  'node_modules/openai',
  'node_modules/zod',
  'test/workspace/reports/daily.py',
  'test/workspace/db/stock.go',
  'test/workspace/src/tides.rs',
];
const LEAST = 0.999;
/** Examples of a place below that share. */
const MOST_SHOWN = 40;

console.log('| place | pairs | restored | share |\n| --- | --- | --- | --- |');
for (const place of flags.place ?? PLACES) measure(place);

function measure(place: string): void {
  let pairs = 0;
  const lost: string[] = [];
  for (const file of sources(place)) {
    for (const pair of pairsOf(file)) {
      pairs += 1;
      if (!isRestored(pair)) lost.push(`${file}: ${shown(pair.text, pair.from, pair.to)}`);
    }
  }
  const share = (pairs - lost.length) / pairs;
  console.log(`| ${place} | ${pairs} | ${pairs - lost.length} | ${(100 * share).toFixed(3)} % |`);
  if (pairs > 0 && share >= LEAST) return;
  process.exitCode = 1;
  const languages = Object.keys(LANGUAGE).join(' ');
  console.log(pairs === 0 ? `No pair in files ${languages}.` : lost.slice(0, MOST_SHOWN).join('\n'));
}

/** The line with marks around the pair's inner text. */
function shown(text: string, from: number, to: number): string {
  const start = text.lastIndexOf('\n', from) + 1;
  const line = text.slice(to).split('\n', 1)[0] ?? '';
  return `${text.slice(start, from)}«${text.slice(from, to)}»${line}`.trim().slice(0, 200);
}
