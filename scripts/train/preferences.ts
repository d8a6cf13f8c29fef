/** Which model won on which prompt, from judged pairs and from outcome matrices. */
import { readFileSync } from 'node:fs';
import type { Corpus } from './corpus.ts';

/** `a` was preferred with probability `probabilityA`; `longer` = log of the ratio of answer lengths, 0 = unknown. */
export interface Preference {
  readonly prompt: number;
  readonly a: string;
  readonly b: string;
  readonly probabilityA: number;
  readonly longer: number;
  /** True for a judged pair; false for a comparison of two measured qualities. */
  readonly judged: boolean;
}

/** Smaller differences in quality are ties, which are dropped (as in the paper). */
const LEAST_DIFFERENCE = 0.1;
const TIE = 0.05;

export function preferencesOf(corpus: Corpus): Preference[] {
  const judged = corpus.pairs.map(({ prompt, a, b, probabilityB, lengthA, lengthB }) => ({
    prompt,
    a,
    b,
    probabilityA: 1 - probabilityB,
    longer: lengthA > 0 && lengthB > 0 ? Math.log(lengthA / lengthB) : 0,
    judged: true,
  }));
  return [...judged.filter(({ probabilityA }) => Math.abs(probabilityA - 0.5) > TIE), ...derived(corpus)];
}

function derived(corpus: Corpus): Preference[] {
  const out: Preference[] = [];
  for (const { models, rows } of corpus.outcomes) {
    for (const { prompt, quality } of rows) {
      for (let i = 0; i < models.length; i++) {
        for (let j = i + 1; j < models.length; j++) {
          const gap = quality[i]! - quality[j]!;
          if (!(Math.abs(gap) >= LEAST_DIFFERENCE)) continue;
          const probabilityA = 0.5 + gap / 2;
          out.push({ prompt, a: models[i]!, b: models[j]!, probabilityA, longer: 0, judged: false });
        }
      }
    }
  }
  return out;
}

export interface Rating {
  readonly name: string;
  readonly rating: number;
  readonly source: number;
}

interface RatingFile {
  readonly sources: readonly {
    readonly name: string;
    readonly date: string;
    readonly anchor: boolean;
    readonly ratings: string;
  }[];
}

/**
 * Published ratings on the scale of the anchor list. The other lists are mapped to it by a line through their common
 * models, since the arena estimates all ratings again at each date and its scale drifts.
 */
export function readRatings(path: string): {
  ratings: Rating[];
  sources: { name: string; date: string }[];
} {
  const { sources } = JSON.parse(readFileSync(path, 'utf8')) as RatingFile;
  const lists = sources.map(({ ratings }) => parseRatings(ratings));
  const anchorAt = sources.findIndex(({ anchor }) => anchor);
  const anchor = lists[anchorAt]!;
  const out: Rating[] = [...anchor].map(([name, rating]) => ({ name, rating, source: anchorAt }));
  lists.forEach((list, source) => {
    if (source === anchorAt) return;
    const move = lineThrough(
      [...list].flatMap(([name, rating]) => (anchor.has(name) ? [[rating, anchor.get(name)!]] : [])),
    );
    for (const [name, rating] of list) {
      if (out.some((other) => other.name === name)) continue;
      out.push({ name, rating: Math.round(move(rating)), source });
    }
  });
  return { ratings: out, sources: sources.map(({ name, date }) => ({ name, date })) };
}

const parseRatings = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split(',')
      .map((entry) => entry.split(' ') as [string, string])
      .map(([name, value]) => [name, Number(value)]),
  );

/** Least squares; only a shift where fewer than five points or a narrow range would make the slope arbitrary. */
function lineThrough(points: readonly (readonly number[])[]): (x: number) => number {
  const meanX = points.reduce((sum, [x]) => sum + x!, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y!, 0) / points.length;
  const xx = points.reduce((sum, [x]) => sum + (x! - meanX) ** 2, 0);
  const xy = points.reduce((sum, [x, y]) => sum + (x! - meanX) * (y! - meanY), 0);
  const slope = points.length >= 5 && xx / points.length > 50 ** 2 ? xy / xx : 1;
  return (x) => meanY + slope * (x - meanX);
}
