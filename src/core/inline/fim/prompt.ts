import { neutralise } from './neutralise.ts';
import type { FimFormat, FimInput, FimPrompt } from './format.ts';

/** The largest number of stop strings that OpenAI-compatible endpoints accept. */
const MAX_STOPS = 4;

/** Renders the prompt with template tokens in the user's text broken up, and the most important stop strings. */
export function fimPrompt(format: FimFormat, input: FimInput, multiline: boolean): FimPrompt {
  const safe = (text: string): string => neutralise(text, format.tokens);
  const rendered = format.render({
    ...input,
    prefix: safe(input.prefix),
    suffix: safe(input.suffix),
    path: safe(input.path),
    context: input.context.map((piece) => ({ ...piece, path: safe(piece.path), text: safe(piece.text) })),
  });
  // A chat answer may begin with a line break after its tag, so the stream gate finds the end of the line there.
  const lineEnd = !multiline && format.transport !== 'chat' ? ['\n'] : [];
  // `stripArtefacts` cuts the answer at the tokens beyond the fourth.
  return { ...rendered, stop: [...lineEnd, ...format.stop].slice(0, MAX_STOPS) };
}
