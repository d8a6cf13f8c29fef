/** The table, and the bars for its figures. */
import { deviation, mean, type Row } from './compare.ts';

export interface Bar {
  readonly name: string;
  readonly measured: string;
  readonly reached: boolean;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, costUsd, costStd, quality, qualityStd, cacheShare, reached }) =>
    [
      '',
      ` ${name === 'pilot' ? '**PILOT as it ships**' : name} `,
      ` $${costUsd.toFixed(2)} ± ${costStd.toFixed(2)} `,
      ` ${quality.toFixed(4)} ± ${qualityStd.toFixed(4)}${reached ? '' : ' (its best)'} `,
      ` ${(100 * cacheShare).toFixed(0)} % `,
      '',
    ].join('|'),
  );
  return ['| policy | cost a month | quality | read from the cache |', '|---|---|---|---|', ...lines].join(
    '\n',
  );
}

export function barsOf(rows: readonly Row[]): readonly Bar[] {
  const of = (name: string): Row => rows.find((row) => row.name === name)!;
  const pilot = of('pilot');
  const below = (name: string, share: number): Bar => {
    const rival = of(name);
    const saved = 1 - pilot.costUsd / rival.costUsd;
    const enough = pilot.quality >= rival.quality - 1e-9;
    return {
      name: `at equal or better quality at least ${100 * share} % below ${name}`,
      measured: `${(100 * saved).toFixed(0)} % below, quality ${signed(pilot.quality - rival.quality)}`,
      reached: enough && saved >= share,
    };
  };
  const sticky = of('always-sticky');
  const differences = pilot.costs.map((cost, i) => cost - sticky.costs[i]!);
  const error = deviation(differences) / Math.sqrt(differences.length);
  const more = mean(differences);
  return [
    below('no-cache', 0.6),
    below('never-sticky', 0.3),
    {
      name: 'at equal or better quality at most one standard error above always-sticky',
      measured: `$${signed(more, 2)}, standard error $${error.toFixed(2)}, quality ${signed(pilot.quality - sticky.quality)}`,
      reached: more <= error && pilot.quality >= sticky.quality - 1e-9,
    },
  ];
}

const signed = (value: number, digits = 4): string =>
  `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
