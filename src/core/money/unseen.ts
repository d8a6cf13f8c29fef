/**
 * How much of an answer can have been made when it was stopped, for providers that end their work when the connection is
 * closed. What was received is seen; beyond it the model made at most what it can make in the time nobody saw: from the
 * last output to the end of the connection, and `GRACE_MS` after it, in which the end travels and the provider notices.
 * The speed is the fastest known of this arm (`armPace.ts`), doubled: a model may be twice as fast as it ever was before.
 *
 * A model that may think unseen can have done so whenever nothing was received: before its first output and in each
 * silence. It makes one token after the other, so that all it made is also bounded by the whole time at that speed.
 *
 * Delays are within the grace, whatever they are: of the network both ways, of buffers, of the provider itself. A
 * provider that goes on for longer, or more than twice as fast as it ever was seen, is beyond this bound; which providers
 * end their work is in `src/providers/closing.ts`, with the source of each.
 */
import type { ArmPace } from './armPace.ts';
import { FASTEST_PUBLISHED } from './armPace.ts';

export const GRACE_MS = 5_000;
const DOUBLED = 2;

/** Milliseconds. */
export interface UnseenTime {
  /** From the sending of the request until the connection ended. */
  readonly whole: number;
  /** From the last output until then; the whole where there was none. */
  readonly silent: number;
  /** Before the first output, and all silences between outputs that could hide thoughts. */
  readonly thinking: number;
}

/** Silences shorter than this are a model's own rhythm: no thought that is billed fits in unseen. */
export const SILENCE_MS = 500;

/**
 * Output tokens, at most.
 * @param received at most, tokens
 * @param thinks whether the model may think unseen
 */
export function mostMade(
  received: number,
  time: UnseenTime,
  pace: Pick<ArmPace, 'speed'>,
  thinks: boolean,
): number {
  const perMs = (DOUBLED * Math.min(FASTEST_PUBLISHED, pace.speed ?? FASTEST_PUBLISHED)) / 1000;
  const made = (ms: number): number => perMs * (atLeastZero(ms) + GRACE_MS);
  const answered = received + made(time.silent);
  if (!thinks) return Math.ceil(answered);
  const thought = received + made(time.silent + atLeastZero(time.thinking));
  return Math.ceil(Math.max(answered, Math.min(thought, made(time.whole))));
}

/** A time that is none could have been any. */
const atLeastZero = (ms: number): number => (Number.isNaN(ms) ? Infinity : Math.max(0, ms));
