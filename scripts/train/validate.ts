/** Prediction of preferences on held-back prompts, beside baselines that ignore the prompt. */
import type { Preference } from './preferences.ts';
import { preferenceGap, type ModelVectors } from './vectors.ts';

export function accuracies(
  training: readonly Preference[],
  heldBack: readonly Preference[],
  contexts: readonly Float64Array[],
  { vectors, temperature, lengthBias }: ModelVectors,
): string[] {
  const rates = winRates(training);
  return (['judged pairs', 'derived pairs'] as const).flatMap((kind) => {
    const used = heldBack.filter(
      ({ judged, a, b }) => judged === (kind === 'judged pairs') && vectors.has(a) && vectors.has(b),
    );
    if (used.length === 0) return [];
    const share = (guess: (preference: Preference) => number): string => {
      const right = used.filter(
        (preference) => guess(preference) > 0.5 === preference.probabilityA > 0.5,
      ).length;
      return ((100 * right) / used.length).toFixed(1);
    };
    const gap = ({ prompt, a, b }: Preference): number =>
      preferenceGap(contexts[prompt]!, vectors.get(a)!, vectors.get(b)!, temperature);
    const ours = share((preference) => (gap(preference) > 0 ? 1 : 0));
    const withLength = share((preference) => (gap(preference) + lengthBias * preference.longer > 0 ? 1 : 0));
    const majority = share(({ a, b }) => rates(a, b));
    const longer = share(({ longer: by }) => (by > 0 ? 1 : 0));
    return [
      `preference prediction, held-back ${kind} (${used.length}): ${ours} %` +
        (kind === 'judged pairs' ? `, ${withLength} % with the length term` : '') +
        `; majority of the two models ${majority} %` +
        (kind === 'judged pairs' ? `; longer answer ${longer} %` : '') +
        ' (paper 65.0, RouteLLM 63.6)',
    ];
  });
}

/** How often a beat b in training, shrunk to one half. */
function winRates(training: readonly Preference[]): (a: string, b: string) => number {
  const tally = new Map<string, { wins: number; games: number }>();
  const add = (key: string, win: number): void => {
    const seen = tally.get(key) ?? { wins: 0, games: 0 };
    tally.set(key, { wins: seen.wins + win, games: seen.games + 1 });
  };
  for (const { a, b, probabilityA } of training) {
    add(`${a} ${b}`, probabilityA > 0.5 ? 1 : 0);
    add(`${b} ${a}`, probabilityA > 0.5 ? 0 : 1);
  }
  return (a, b) => {
    const { wins, games } = tally.get(`${a} ${b}`) ?? { wins: 0, games: 0 };
    return (wins + 1) / (games + 2);
  };
}
