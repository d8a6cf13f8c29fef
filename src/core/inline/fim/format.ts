/** The common interface of all formats that ask a model for the text in the middle. */

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

/**
 * The target of the request: the endpoint's completions, Mistral's FIM route, llama.cpp's /infill, chat, or this
 * process.
 */
export type FimTransport = 'completions' | 'mistral-fim' | 'llama-infill' | 'chat' | 'local';

export interface FimInput {
  readonly prefix: string;
  readonly suffix: string;
  /** Path of the file relative to the workspace; '' = none. */
  readonly path: string;
  readonly languageId: string;
  /** Pieces of other files, best first. */
  readonly context: readonly { readonly path: string; readonly text: string }[];
}

export interface FimPrompt {
  readonly prompt: string;
  /** The value of the endpoint's suffix field; undefined = the template contains the suffix. */
  readonly suffix: string | undefined;
  /** The system prompt of a chat request; undefined for other transports. */
  readonly system: string | undefined;
  /** llama.cpp's input_extra; other formats put the pieces into the prompt. */
  readonly extra: readonly { readonly filename: string; readonly text: string }[];
  readonly stop: readonly string[];
}

export interface FimFormat {
  readonly id: FimFormatId;
  readonly transport: FimTransport;
  /**
   * Tokens with a meaning in this format: the prompt breaks them up in the user's text, and answers are cut at them.
   */
  readonly tokens: readonly string[];
  render(input: FimInput): Omit<FimPrompt, 'stop'>;
  readonly stop: readonly string[];
}
