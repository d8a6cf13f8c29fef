/** What every way of asking a model for the middle has in common. */

export const FIM_FORMAT_IDS = [
  'qwen',
  'starcoder',
  'stablecode',
  'codellama',
  'deepseek',
  'codestral',
  'codegemma',
  'granite',
  'seed-coder',
  'suffix',
  'mistral',
  'infill',
  'chat',
  'local',
  'none',
] as const;
export type FimFormatId = (typeof FIM_FORMAT_IDS)[number];

/** Where the request goes: the endpoint's completions, Mistral's FIM route, llama.cpp's /infill, chat, or this process. */
export type FimTransport = 'completions' | 'mistral-fim' | 'llama-infill' | 'chat' | 'local';

export interface FimInput {
  readonly prefix: string;
  readonly suffix: string;
  /** Path of the file relative to the workspace, '' when it has none. */
  readonly path: string;
  readonly languageId: string;
  /** Pieces of other files, best first. */
  readonly context: readonly { readonly path: string; readonly text: string }[];
}

export interface FimPrompt {
  readonly prompt: string;
  /** The endpoint's own suffix field; undefined when a template carries it. */
  readonly suffix: string | undefined;
  /** Chat only. */
  readonly system: string | undefined;
  /** llama.cpp's input_extra; other formats carry the pieces in the prompt. */
  readonly extra: readonly { readonly filename: string; readonly text: string }[];
  readonly stop: readonly string[];
}

export interface FimFormat {
  readonly id: FimFormatId;
  readonly transport: FimTransport;
  /** Tokens with a meaning in this format: broken up in the user's text, cut from the model's. */
  readonly tokens: readonly string[];
  render(input: FimInput): Omit<FimPrompt, 'stop'>;
  readonly stop: readonly string[];
}
