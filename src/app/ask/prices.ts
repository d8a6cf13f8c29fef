/** Expected prices of the next question and of an answer's two alternatives, from quotes, without a request. */
import type { Preview, PricedArm } from '../call/preview.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Choice } from '../call/routing.ts';
import type { AskEngine } from './ask.ts';
import { assembleAgain, type Prepared } from './assemble.ts';
import { isRunning, shownAnswer, triedArms, type Conversation, type Turn } from './conversations.ts';

export interface NextPrice {
  /** The model that PILOT would choose; undefined = no model could answer now. */
  readonly auto: Preview | undefined;
  /** The model that the user chose for this conversation. */
  readonly chosen: PricedArm | undefined;
}

type Previews = Pick<AskEngine, 'preview'>;

export async function nextPrice(
  engine: Previews,
  prepared: Prepared,
  { conversationId, chosen }: { readonly conversationId: string; readonly chosen: ArmId | undefined },
): Promise<NextPrice> {
  const of = (choice: Choice): Promise<Preview | undefined> =>
    engine.preview({ ...prepared, conversationId, choice });
  const auto = await of({ type: 'auto' });
  const own = chosen === undefined ? undefined : await of({ type: 'arm', armId: chosen });
  return { auto, chosen: own?.likely };
}

/** What "Better answer" and "Cheaper next time" under a turn's shown answer would choose; undefined = nothing. */
export interface Offers {
  readonly better: PricedArm | undefined;
  readonly cheaper: PricedArm | undefined;
}

export const noOffers: Offers = { better: undefined, cheaper: undefined };

export async function offersFor(engine: Previews, conversation: Conversation, turn: Turn): Promise<Offers> {
  const answer = shownAnswer(turn);
  const route = answer?.route;
  if (!answer || !route || isRunning(answer) || answer.text.trim() === '') return noOffers;
  const prepared = assembleAgain(conversation, turn);
  const asked = { ...prepared, conversationId: conversation.id };
  const better = await engine.preview({ ...asked, choice: { type: 'escalate', not: triedArms(turn) } });
  const next = await engine.preview({ ...asked, choice: { type: 'auto' } }, 'cheaper');
  const now = next?.arms.find(({ armId }) => armId === route.armId);
  const isCheaper = next !== undefined && now !== undefined && next.likely.cost < now.cost;
  return { better: better?.likely, cheaper: isCheaper ? next.likely : undefined };
}
