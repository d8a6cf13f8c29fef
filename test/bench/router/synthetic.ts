/**
 * A small synthetic matrix for machines without outcome files: four simulated models, three kinds of prompt, and a
 * model's chance of success as a logistic function of its ability minus the prompt's difficulty.
 */
import { seeded } from '../../../scripts/train/random.ts';
import { NOTHING_DROPPED, type OutcomeMatrix, type OutcomeRow } from '../outcomes.ts';

const MODELS = [
  { name: 'simulated-small-3b', ability: -0.6, usdPerMTok: 0.1 },
  { name: 'simulated-medium-30b', ability: 0.4, usdPerMTok: 0.6 },
  { name: 'simulated-large-120b', ability: 1.2, usdPerMTok: 3 },
  { name: 'simulated-frontier-400b', ability: 2, usdPerMTok: 15 },
] as const;

const KINDS = [
  {
    task: 'rename',
    difficulty: -1.5,
    text: (n: number) => `Rename the variable x${n} to total${n} in this file.`,
  },
  {
    task: 'explain',
    difficulty: 0,
    text: (n: number) =>
      `Explain what this function does:\n\`\`\`python\ndef f(a, b):\n    return a * ${n} + b\n\`\`\``,
  },
  {
    task: 'design',
    difficulty: 1.5,
    text: (n: number) =>
      `Design a lock-free queue for ${n} producers. Prove that it is linearizable, and give the memory order of each operation.`,
  },
] as const;

const ROWS = 660;

export function synthetic(): OutcomeMatrix {
  const random = seeded(2026);
  const rows = Array.from({ length: ROWS }, (_, n): OutcomeRow => {
    const kind = KINDS[Math.floor(random() * KINDS.length)]!;
    const difficulty = kind.difficulty + random() - 0.5;
    const prompt = kind.text(n);
    return {
      id: `synthetic.${n}`,
      task: kind.task,
      prompt,
      quality: Float64Array.from(MODELS, ({ ability }) =>
        random() < logistic(2 * (ability - difficulty)) ? 1 : 0,
      ),
      cost: Float64Array.from(
        MODELS,
        ({ usdPerMTok }) => ((prompt.length / 4 + 200 + 400 * random()) * usdPerMTok) / 1e6,
      ),
    };
  });
  return {
    dataset: 'synthetic (simulated models)',
    models: MODELS.map(({ name }) => name),
    rows,
    dropped: NOTHING_DROPPED,
    leftOut: [],
  };
}

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));
