/**
 * Measures whether the practice models' hidden ranking by language is found, with decisions and outcomes only: a
 * simulated person keeps an answer with the model's hidden probability for the language, and outcomes pass the
 * product's baseline correction.
 */
import type { Call } from '../../../src/app/call/call.ts';
import { viewText } from '../../../src/app/inline/order.ts';
import { completionInputBound } from '../../../src/core/money/inputBound.ts';
import {
  corrected,
  correctionFor,
  initialBaseline,
  learnBaseline,
} from '../../../src/core/inline/baseline.ts';
import { testEngine } from '../../fakes/engine.ts';
import {
  hiddenSkill,
  practiceModelIds,
  practiceModels,
  practiceSettings,
} from '../../fakes/practiceModels.ts';
import { seeded } from '../../fakes/random.ts';
import { sources } from './sources.ts';

export interface Ranking {
  /** Means over the seeds. */
  readonly bestShare: number;
  /** Regret over that of a uniformly random choice, over all decisions. */
  readonly regretShare: number;
  readonly decisions: number;
  readonly seeds: readonly { readonly bestShare: number; readonly regretShare: number }[];
}

const LEARNING = 300;
const MEASURED = 300;
const SEEDS = 8;

/** Several seeds, since one seed's 300 measured decisions depend on luck where the gaps between models are small. */
export async function measureRanking(first: number): Promise<Ranking> {
  const seeds: { bestShare: number; regretShare: number }[] = [];
  for (let seed = first; seed < first + SEEDS; seed += 1) seeds.push(await measureOnce(seed));
  const mean = (of: (each: (typeof seeds)[number]) => number): number =>
    seeds.reduce((sum, each) => sum + of(each), 0) / seeds.length;
  return {
    bestShare: mean(({ bestShare }) => bestShare),
    regretShare: mean(({ regretShare }) => regretShare),
    decisions: LEARNING + MEASURED,
    seeds,
  };
}

async function measureOnce(seed: number): Promise<{ bestShare: number; regretShare: number }> {
  const settings = practiceSettings('http://127.0.0.1:9/v1');
  const engine = await testEngine({
    endpoints: settings['pilot.endpoints'],
    models: settings['pilot.models'],
    monthlyUsd: 1000,
    seed,
  });
  const completing = practiceModels.filter(({ completes }) => completes).map(({ id }) => id);
  const random = seeded(seed + 1);
  const all = sources().filter(({ above }) => above === '');
  let baseline = initialBaseline;
  let [best, regret, randomRegret] = [0, 0, 0];
  for (let i = 0; i < LEARNING + MEASURED; i += 1) {
    const { languageId, text } = all[Math.floor(random() * all.length)]!;
    const at = Math.floor(random() * text.length);
    const prefix = text.slice(Math.max(0, at - 1500), at);
    const routed = engine.routing.decide({
      surface: 'inline',
      view: {
        text: viewText(languageId, prefix),
        languageId,
        surface: 'inline',
        contextChars: at,
        turn: 0,
        referenceCount: 0,
      },
      call: neverSent(prefix),
      conversationId: undefined,
      choice: { type: 'auto' },
      exclude: ({ model }) => (completing.some((id) => id === model) ? undefined : 'lacks-capability'),
    });
    if (!routed.ok) throw new Error(JSON.stringify(routed.error));
    const { arm, decision } = routed.value;
    const chosen = practiceModelIds.find((id) => id === arm.model);
    if (chosen === undefined) throw new Error(arm.model);
    const skills = completing.map((id) => hiddenSkill(id, languageId, 'complete'));
    const [top, own] = [Math.max(...skills), hiddenSkill(chosen, languageId, 'complete')];
    regret += top - own;
    randomRegret += top - skills.reduce((sum, skill) => sum + skill, 0) / skills.length;
    if (i >= LEARNING && own === top) best += 1;
    const reward = random() < own ? 1 : 0;
    const situation = { languageId, position: 'line-end' as const, length: 20 };
    const correction = correctionFor(baseline, situation);
    baseline = learnBaseline(baseline, situation, { reward, weight: 1 });
    await engine.learning.decided(decision);
    await engine.learning.correctedOutcome(decision.id, reward === 1 ? 'accepted' : 'rejected', {
      reward: corrected(reward, correction),
      weight: 1,
    });
  }
  await engine.close();
  return { bestShare: best / MEASURED, regretShare: regret / randomRegret };
}

const neverSent = (prefix: string): Call => ({
  inputBound: () => completionInputBound(prefix),
  outputCap: 64,
  needs: { tools: false, images: false },
  open: () => {
    throw new Error('Nothing is sent');
  },
});
