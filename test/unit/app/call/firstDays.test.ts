/** The decisions of a new profile, with the shipped space, the practice models and a limit of $5. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assemble } from '../../../../src/app/ask/assemble.ts';
import { emptyConversation } from '../../../../src/app/ask/conversations.ts';
import { chatCall } from '../../../../src/app/call/call.ts';
import { Health } from '../../../../src/app/call/health.ts';
import { Learning } from '../../../../src/app/call/learning.ts';
import { ConversationMemory } from '../../../../src/app/call/conversationMemory.ts';
import { PolicyRuntime } from '../../../../src/app/call/policyRuntime.ts';
import { Routing } from '../../../../src/app/call/routing.ts';
import { WorkspaceStateHolder } from '../../../../src/app/call/workspaceState.ts';
import type { DecisionLog } from '../../../../src/app/ports/decisions.ts';
import type { SpendSummary } from '../../../../src/app/ports/money.ts';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { Learner } from '../../../../src/core/learning/learner.ts';
import { PILOT } from '../../../../src/core/learning/preset.ts';
import { armPrior, priorOf } from '../../../../src/core/learning/prior.ts';
import { decodeSpace } from '../../../../src/core/learning/space.ts';
import { periodAt } from '../../../../src/core/money/period.ts';
import { profileNames, type Profile } from '../../../../src/core/money/policies/profile.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';
import { practiceModels, practiceSettings } from '../../../fakes/practiceModels.ts';
import { seeded } from '../../../fakes/random.ts';

const limit = 5e9 as NanoUsd;
const decoded = decodeSpace(JSON.parse(readFileSync('media/space.json', 'utf8')));
assert.ok(decoded.ok);
const space = decoded.value;
const settings = practiceSettings('http://127.0.0.1:1/v1');
const { arms } = parseSettings({ endpoints: settings['pilot.endpoints'], models: settings['pilot.models'] }, PRESETS); // prettier-ignore

function freshRouting(now: number, profile: Profile): Routing {
  const { start, end } = periodAt(now);
  const none = new Array<number>(168).fill(0);
  const spend = {
    state: 'ready',
    settled: 0,
    reserved: 0,
    heldBack: 0,
    periodStart: start,
    periodEnd: end,
    requests: { ask: 0, inline: 0, chat: 0 },
    hourOfWeek: none,
    hourOfWeekBySurface: { ask: none, inline: none, chat: none },
    historyDays: 0,
    recentDays: [],
    workspaceCommitted: 0,
    inlineCommitted: 0,
    raisedBy: 0,
  } as unknown as SpendSummary;
  const learner = new Learner({
    spaceId: space.id,
    dimension: space.dimension,
    learnt: space.learnt,
    preset: PILOT,
    priorFor: (armId) => {
      const arm = arms.find(({ id }) => id === armId);
      return armPrior(priorOf(space.models, arm?.model ?? '', arm?.price), PILOT);
    },
  });
  const learning = new Learning({
    decisionLog: {} as DecisionLog,
    codec: { fresh: () => learner, decode: () => ({ learner, problem: undefined }), encode: () => undefined },
    clock: { now: () => now },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onReset: () => undefined,
  });
  const nothingKept = { load: () => undefined, save: () => undefined, setAside: () => undefined };
  const workspace = new WorkspaceStateHolder(nothingKept);
  const policy = new PolicyRuntime(
    workspace,
    () => 'shadow-price',
    () => profile,
  );
  return new Routing({
    clock: { now: () => now },
    random: seeded(1),
    newId: () => 'id',
    workspaceId: 'w',
    arms: () => arms,
    hasKey: () => true,
    limits: () => ({ monthly: limit, workspace: undefined, inline: undefined }),
    spend: () => spend,
    space: () => space,
    preset: () => PILOT,
    policy,
    conversations: new ConversationMemory(policy, () => 'key'),
    learning,
    health: new Health(),
    workspace,
  });
}

const { messages, view } = assemble(emptyConversation('c', 0), 'What is a closure?', []);
const question = {
  surface: 'ask' as const,
  view: { ...view, surface: 'ask' as const },
  call: chatCall({ messages, purpose: 'answer' }),
  conversationId: undefined,
  choice: { type: 'auto' as const },
};

describe('a fresh profile with $5 and the question "What is a closure?"', () => {
  const dearest = practiceModels.at(-1)?.id ?? '';
  const days = {
    'the first of a month': new Date(2026, 10, 1, 9),
    'the middle of a month': new Date(2026, 10, 16, 10),
    'the day before the last': new Date(2026, 10, 29, 10),
    'a month’s last minute': new Date(2026, 10, 30, 23, 59),
    '29 February': new Date(2028, 1, 29, 12),
    'the night of the change to summer time': new Date(2027, 2, 28, 3, 30),
  };
  for (const [name, at] of Object.entries(days))
    it(`does not go to the most expensive model on ${name}, under any profile`, () => {
      for (const profile of profileNames) {
        const decided = freshRouting(at.getTime(), profile).decide(question);
        assert.ok(decided.ok);
        assert.notEqual(decided.value.arm.model, dearest, profile);
      }
    });

  it('can be paid for a programmer’s month of such questions', () => {
    for (const at of Object.values(days)) {
      const preview = freshRouting(at.getTime(), 'balanced').preview(question);
      assert.ok(preview && preview.likely.cost * 600 <= limit, String(preview?.likely.cost));
    }
  });

  it('has a price before the click: the decision is the likely one and lies in the range', () => {
    for (const at of Object.values(days)) {
      const preview = freshRouting(at.getTime(), 'balanced').preview(question);
      const decided = freshRouting(at.getTime(), 'balanced').decide(question);
      assert.ok(preview && decided.ok);
      assert.ok(preview.low <= preview.likely.cost && preview.likely.cost <= preview.high);
      assert.ok(preview.low <= decided.value.quote.expected && decided.value.quote.expected <= preview.high);
      const likely = decided.value.decision.arms.toSorted((a, b) => b.propensity - a.propensity)[0];
      assert.equal(preview.likely.armId, likely?.armId);
    }
  });
});
