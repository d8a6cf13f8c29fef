import { neutralise } from './neutralise.ts';
import type { FimFormat, FimInput, FimPrompt } from './format.ts';

/** The most stop strings OpenAI-compatible endpoints take. */
const MAX_STOPS = 4;

/** Renders the prompt with the user's text made harmless, and the stops that matter most. */
export function fimPrompt(format: FimFormat, input: FimInput, multiline: boolean): FimPrompt {
  const safe = (text: string): string => neutralise(text, format.tokens);
  const rendered = format.render({
    ...input,
    prefix: safe(input.prefix),
    suffix: safe(input.suffix),
    path: safe(input.path),
    context: input.context.map((piece) => ({ ...piece, path: safe(piece.path), text: safe(piece.text) })),
  });
  // A chat answer may begin with a line break after its tag, so there the stream gate finds the line's end.
  const lineEnd = !multiline && format.transport !== 'chat' ? ['\n'] : [];
  // Tokens beyond the fourth are still cut from the answer by `stripArtefacts`.
  return { ...rendered, stop: [...lineEnd, ...format.stop].slice(0, MAX_STOPS) };
}
