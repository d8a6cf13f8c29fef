/** A beam search over token predictions to the end of the line; a line's probability is the product of its tokens'. */
import { predict } from './predict.ts';
import type { Nest } from './predict.ts';
import { LINE_END, UNKNOWN } from './vocabulary.ts';

export interface FoundLine {
  readonly text: string;
  readonly probability: number;
}

/** Three hypotheses find 1 % more exact lines than one; eight find as many as three (bench:local). */
const BEAM = 3;
/** The longest predicted line in tokens. */
const MAX_TOKENS = 48;
const MAX_CHARS = 160;
/**
 * A line below this probability stays under every threshold in use (0.08 ** 1.3 = 0.04); stopping early halves the mean
 * query time.
 */
const HOPELESS = 0.08;
/** Places examined in each chain for the first token, which decides most and must begin with the typed text. */
const FIRST_PLACES = 400;
const NEXT_PLACES = 96;
/** The number of context tokens passed on; longer contexts are not distinguished. */
const CONTEXT = 20;

interface Hypothesis {
  readonly tokens: readonly number[];
  readonly probability: number;
  readonly done: boolean;
}

/** `partial`: the typed beginning of the token at the cursor. Undefined = no hypothesis reached the end of the line. */
export function searchLine(nest: Nest, context: readonly number[], partial: string): FoundLine | undefined {
  const recent = context.slice(-CONTEXT);
  let beam: readonly Hypothesis[] = [{ tokens: [], probability: 1, done: false }];
  for (let step = 0; step < MAX_TOKENS && beam.some(({ done }) => !done); step += 1) {
    const next = beam.flatMap((each) =>
      each.done ? [each] : extensions(nest, recent, each, step === 0 ? partial : ''),
    );
    beam = next.sort((a, b) => b.probability - a.probability).slice(0, BEAM);
    // A finished line in the lead stays first, since probabilities only fall.
    if (beam[0]?.done === true) break;
  }
  const best = beam.find(({ done }) => done);
  if (best === undefined) return undefined;
  const text = best.tokens.map((token) => nest.vocabulary.text(token)).join('');
  return text.length > MAX_CHARS
    ? undefined
    : { text: text.slice(partial.length).trimEnd(), probability: best.probability };
}

function extensions(
  nest: Nest,
  recent: readonly number[],
  { tokens, probability }: Hypothesis,
  partial: string,
): readonly Hypothesis[] {
  const maxPlaces = tokens.length === 0 ? FIRST_PLACES : NEXT_PLACES;
  const predictions = predict(nest, recent.concat(tokens), { maxPlaces, partial, count: BEAM });
  return predictions
    .filter((next) => next.token !== UNKNOWN && next.probability * probability > HOPELESS)
    .map((next) => ({
      tokens: next.token === LINE_END ? tokens : [...tokens, next.token],
      probability: probability * next.probability,
      done: next.token === LINE_END,
    }));
}
