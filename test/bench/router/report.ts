/** The benchmark as Markdown, the most important table first. */
import { barsOf, tally } from './bars.ts';
import { datasetJson, type CurvePoint, type DatasetJson, type Spread } from './json.ts';
import { EFFORT_POOLS, PROPOSED, effortGain, type EffortRow } from './efforts.ts';
import type { Scenarios } from './scenarios.ts';
import type { SeedResult } from './seed.ts';
import type { Description, GridResult } from './worker.ts';

export interface DatasetRun {
  readonly description: Description;
  readonly grid: readonly GridResult[];
  readonly tuned: { readonly alpha: number; readonly lambda: number };
  readonly results: readonly SeedResult[];
  readonly scenarios: readonly Scenarios[];
  readonly ablation: readonly Readonly<Record<string, number>>[];
  /** Absent where the file has no model at several efforts. */
  readonly efforts?: { readonly rows: readonly EffortRow[]; readonly facts: string } | undefined;
}

/** The order of the tables' rows; fixed models other than the best stay in the JSON. */
const ROWS = [
  'oracle',
  'hindsight',
  'full-info',
  'knn',
  'pilot',
  'pilot-evaluation',
  'pilot-reversed',
  'pilot-paper',
  'linucb',
  'epsilon-greedy',
  'epoch-greedy',
  'static-mix',
  'random',
];

export function summarise(runs: readonly DatasetRun[]): string {
  const datasets = runs.map(datasetJson);
  const seeds = runs[0]?.results.length ?? 0;
  return [
    '# Router benchmark',
    '',
    `Mean over ${seeds} seeds (plus or minus the standard deviation over seeds). Quality is divided by the best fixed model's on the same prompts; budgets are fractions of what that model costs. Models are real, replayed from published outcomes, except where a dataset is called simulated.`,
    '',
    overview(datasets),
    heldTo(datasets, runs[0]?.description.evaluationMissing),
    ...datasets.map((dataset, i) => section(dataset, runs[i]!)),
    '',
  ].join('\n');
}

/** The bars with their measured figures. */
function heldTo(datasets: readonly DatasetJson[], evaluationMissing: string | undefined): string {
  const bars = barsOf(datasets);
  if (bars.length === 0) return '';
  const { reached, all } = tally(bars);
  return [
    '',
    `## Held to: ${reached} of ${all} reached`,
    '',
    "All figures are for the artefact that ships; the evaluation artefact (all preference data, never shipped) stands beside it. Differences are shares of the best fixed model's quality; SE is their standard error, paired over deployment prompts.",
    ...(evaluationMissing === undefined
      ? []
      : [`The evaluation artefact was not measured: ${evaluationMissing}`]),
    '',
    table(
      ['bar', 'dataset', 'aim', 'measured', '', 'evaluation artefact'],
      bars.map((bar) => [
        bar.what,
        bar.dataset,
        bar.aim,
        bar.figure,
        bar.reached ? 'reached' : '**not reached**',
        bar.evaluation ?? '',
      ]),
    ),
  ].join('\n');
}

function effortTable(efforts: DatasetRun['efforts']): string {
  if (efforts === undefined) return '';
  const { rows, facts } = efforts;
  const fractions = [...new Set(rows.map(({ fraction }) => fraction))];
  const gain = (pool: typeof PROPOSED | 'all three'): string => effortGain(rows, pool, 0.25).toFixed(3);
  return [
    '',
    '### Efforts as arms',
    '',
    `O1, O3-Mini and O4-Mini at the efforts named, quality over the best model's at high effort, at fractions of what that costs. At 25 %, against the best of one effort each: all three ${gain('all three')}, ${PROPOSED} ${gain(PROPOSED)}. ${facts}`,
    '',
    table(
      ['efforts', ...fractions.map((fraction) => `${fraction * 100} %`)],
      Object.keys(EFFORT_POOLS).map((pool) => [
        pool,
        ...rows
          .filter((row) => row.pool === pool)
          .map(({ quality, qualityStd }) => `${quality.toFixed(3)} ± ${qualityStd.toFixed(3)}`),
      ]),
    ),
  ].join('\n');
}

/** The product against its references at 10 / 25 / 50 %. */
function overview(datasets: readonly DatasetJson[]): string {
  const fractions = [0.1, 0.25, 0.5];
  const cell = (dataset: DatasetJson, policy: string): string => {
    const points = dataset.curves.find((curve) => curve.policy === policy)?.points;
    if (points === undefined) return '-';
    return fractions
      .map((fraction) =>
        short(
          points.find((point) => point.fraction === fraction),
          dataset,
        ),
      )
      .join(' / ');
  };
  return table(
    ["quality at 10 / 25 / 50 % of the best fixed model's cost", ...datasets.map(({ dataset }) => dataset)],
    ROWS.filter((policy) =>
      datasets.some(({ curves }) => curves.some((curve) => curve.policy === policy)),
    ).map((policy) => [
      policy === 'pilot' ? '**pilot**' : policy,
      ...datasets.map((dataset) => cell(dataset, policy)),
    ]),
  );
}

const short = (point: CurvePoint | undefined, { bestFixed }: DatasetJson): string =>
  point === undefined ? '-' : (point.quality / bestFixed.quality).toFixed(3);

function section(dataset: DatasetJson, run: DatasetRun): string {
  const { bestFixed, oracle, models, rows } = dataset;
  const { alpha, lambda } = run.tuned;
  return [
    '',
    `## ${dataset.dataset}`,
    '',
    `${rows} prompts, ${models.length} models${leftOutText(dataset)}. Best fixed: ${bestFixed.model}, quality ${bestFixed.quality.toFixed(3)}, $${bestFixed.cost.toPrecision(3)} for the deployment set. Oracle without a budget: ${oracle.quality.toFixed(3)} for $${oracle.cost.toPrecision(3)}.${run.grid.length === 0 ? '' : ` Cold LinUCB tuned to alpha ${alpha}, lambda ${lambda}.`}`,
    '',
    curves(dataset),
    paired(dataset),
    learning(dataset),
    regret(dataset),
    pairs('Deployment quality when learning was disturbed', dataset.scenarios),
    reactions(dataset),
    effortTable(run.efforts),
    pairs('Embedding ablation, at 25 %', dataset.ablation),
    shares(dataset),
    grid(dataset),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The dropped rows and models, with the reasons. */
function leftOutText({ deployedOn, dropped, droppedThere, leftOut }: DatasetJson): string {
  const counts = (of: DatasetJson['dropped']): string =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([why, n]) => `${n} ${why}`)
      .join(', ');
  const [here, there] = [counts(dropped), counts(droppedThere ?? {})];
  return [
    deployedOn === null ? '' : `, deployed on ${deployedOn}`,
    here === '' ? '' : `; rows dropped: ${here}`,
    there === '' ? '' : `; rows of ${deployedOn ?? ''} dropped: ${there}`,
    leftOut.length === 0
      ? ''
      : `; left out: ${leftOut.map(({ model, why }) => `${model} (${why})`).join(', ')}`,
  ].join('');
}

function curves({ curves: all, bestFixed }: DatasetJson): string {
  const fractions = all[0]?.points.map(({ fraction }) => fraction) ?? [];
  const shown = [`all:${bestFixed.model}`, ...ROWS];
  return table(
    ['quality / best fixed (spent / budget)', ...fractions.map((fraction) => `${fraction * 100} %`)],
    all
      .filter(({ policy }) => shown.includes(policy))
      .sort((a, b) => shown.indexOf(a.policy) - shown.indexOf(b.policy))
      .map(({ policy, points }) => [
        policy,
        ...fractions.map((fraction) => {
          const point = points.find((each) => each.fraction === fraction);
          if (point === undefined) return '-';
          const [quality, spread] = [point.quality, point.qualityStd].map((value) =>
            (value / bestFixed.quality).toFixed(3),
          );
          return `${quality!} ± ${spread!} (${spentShare(point)})`;
        }),
      ]),
  );
}

const spentShare = ({ spend, budget }: CurvePoint): string =>
  budget > 0 ? (spend / budget).toFixed(2) : '0';

function paired({ paired: rows, bestFixed }: DatasetJson): string {
  if (rows.length === 0) return '';
  const scale = (value: number): string => (value / bestFixed.quality).toFixed(4);
  return table(
    ['pilot minus', 'budget', 'difference', 'standard error (paired)'],
    rows.map(({ against, fraction, difference, standardError }) => [
      against,
      `${fraction * 100} %`,
      scale(difference),
      scale(standardError),
    ]),
  );
}

function learning({ learning: all }: DatasetJson): string {
  const counts = all[0]?.points.map(({ feedbacks }) => feedbacks) ?? [];
  return table(
    ['quality at 25 % after so many feedbacks', ...counts.map(String)],
    all.map(({ policy, points }) => [
      policy,
      ...counts.map((n) => {
        const point = points.find(({ feedbacks }) => feedbacks === n);
        return point === undefined ? '-' : plusMinus(point);
      }),
    ]),
  );
}

const plusMinus = ({ quality, qualityStd }: Spread): string =>
  `${quality.toFixed(3)} ± ${qualityStd.toFixed(3)}`;

function regret({ regret: all }: DatasetJson): string {
  const prompts = all[0]?.points.map((point) => point.prompts) ?? [];
  return table(
    ['cumulative regret net of cost, after so many prompts', ...prompts.map(String)],
    all.map(({ policy, points }) => [
      policy,
      ...points.map((point) => `${point.regret.toFixed(1)} ± ${point.regretStd.toFixed(1)}`),
    ]),
  );
}

const pairs = (title: string, values: Readonly<Record<string, Spread>>): string =>
  Object.keys(values).length === 0
    ? ''
    : table(
        [title, 'quality / best fixed'],
        Object.entries(values).map(([name, value]) => [name, plusMinus(value)]),
      );

const reactions = ({ reactions: all }: DatasetJson): string =>
  Object.keys(all).length === 0
    ? ''
    : table(
        ['reaction (prompts)', 'median over seeds', 'fastest', 'slowest', 'seeds that never did'],
        Object.entries(all).map(([name, { median, fastest, slowest, never }]) => [
          name,
          ...[median, fastest, slowest].map((prompts) => (prompts === null ? '-' : String(prompts))),
          String(never),
        ]),
      );

const MOST_TASKS = 12;

function shares({ shares: all, models }: DatasetJson): string {
  const used = models
    .map((model, i) => ({ model, i, share: all['all']?.share[i] ?? 0 }))
    .sort((a, b) => b.share - a.share);
  const shown = used.filter(({ share }) => share >= 0.02).slice(0, 8);
  if (shown.length === 0) return '';
  return table(
    ['share of prompts at 25 %', ...shown.map(({ model }) => model)],
    Object.entries(all)
      .slice(0, MOST_TASKS)
      .map(([task, { share, shareStd }]) => [
        task,
        ...shown.map(({ i }) => `${Math.round(100 * share[i]!)} ± ${Math.round(100 * shareStd[i]!)} %`),
      ]),
  );
}

function grid({ coldGrid }: DatasetJson): string {
  const counts = coldGrid[0]?.points.map(({ feedbacks }) => feedbacks) ?? [];
  if (coldGrid.length === 0) return '';
  return table(
    [
      'cold LinUCB, quality at 25 %: alpha',
      'lambda',
      'tuning folds',
      ...counts.map((n) => `after ${n} feedbacks`),
    ],
    coldGrid.map(({ alpha, lambda, tuningScore, points }) => [
      String(alpha),
      String(lambda),
      tuningScore.toFixed(3),
      ...points.map(({ quality }) => quality.toFixed(3)),
    ]),
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line), ''].join('\n');
}
