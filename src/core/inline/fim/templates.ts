/** One entry for each model family, with the template of its model card and reference client. */
import { lineComment } from './lineComment.ts';
import type { FimFormat, FimFormatId, FimInput, FimPrompt } from './format.ts';

type Rendered = Omit<FimPrompt, 'stop'>;

const only = (prompt: string): Rendered => ({ prompt, suffix: undefined, system: undefined, extra: [] });

/** Pieces of other files as comments above the file, which every model understands whatever its training. */
export function commentedContext({ context, languageId }: FimInput): string {
  const comment = lineComment(languageId);
  return context
    .map(({ path, text }) => [`Compare ${path}:`, ...text.split('\n')].map((line) => `${comment} ${line}`))
    .map((lines) => `${lines.join('\n').replace(/(?<![ \t])[ \t]+$/gm, '')}\n`)
    .join('');
}

function template(
  id: FimFormatId,
  around: readonly [before: string, between: string, after: string],
  extraTokens: readonly string[],
  context: (input: FimInput) => string = commentedContext,
): FimFormat {
  const [before, between, after] = around;
  const tokens = [...around.map((token) => token.trim()), ...extraTokens];
  return {
    id,
    transport: 'completions',
    tokens,
    stop: tokens,
    render: (input) =>
      only(
        context === commentedContext
          ? before + context(input) + input.prefix + between + input.suffix + after
          : context(input) + before + input.prefix + between + input.suffix + after,
      ),
  };
}

/** `<sep>path\ntext` for each piece and then for the file itself, the layout of repository-level pre-training. */
const separated = (separator: string, head: string) => (input: FimInput) =>
  input.context.length === 0
    ? ''
    : head +
      input.context.map(({ path, text }) => `${separator}${path}\n${text}\n`).join('') +
      `${separator}${input.path}\n`;

const PIPES = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'] as const;
const STAR = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>'] as const;

const qwen = template(
  'qwen',
  PIPES,
  ['<|endoftext|>', '<|fim_pad|>', '<|repo_name|>', '<|file_sep|>', '<|im_start|>', '<|im_end|>'],
  separated('<|file_sep|>', '<|repo_name|>workspace\n'),
);
const starcoder = template(
  'starcoder',
  STAR,
  ['<file_sep>', '<|endoftext|>', '<repo_name>'],
  separated('<file_sep>', ''),
);
const stablecode = template('stablecode', STAR, ['<|endoftext|>', '</fim_middle>', '</code>', '<fim_pad>']);
const codellama = template('codellama', ['<PRE> ', ' <SUF>', ' <MID>'], ['<EOT>']);
const deepseek = template(
  'deepseek',
  ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
  ['<｜end▁of▁sentence｜>', '<｜begin▁of▁sentence｜>'],
);
const codegemma = template('codegemma', PIPES, [
  '<|file_separator|>',
  '<start_of_turn>',
  '<end_of_turn>',
  '<eos>',
]);
const granite = template('granite', PIPES, ['<|end_of_text|>', '<|fim_pad|>']);
const seedCoder = template(
  'seed-coder',
  ['<[fim-prefix]>', '<[fim-suffix]>', '<[fim-middle]>'],
  ['<[end▁of▁sentence]>', '<[begin▁of▁sentence]>'],
);

/** Codestral expects the suffix first, and before it other files as diff-like headers. */
const codestral: FimFormat = {
  id: 'codestral',
  transport: 'completions',
  tokens: ['[SUFFIX]', '[PREFIX]', '[MIDDLE]'],
  stop: ['[PREFIX]', '[SUFFIX]', '\n+++++ '],
  render: (input) => {
    const files = input.context.map(({ path, text }) => `+++++ ${path}\n${text}\n`).join('');
    const own = files === '' ? '' : `+++++ ${input.path}\n`;
    return only(`[SUFFIX]${input.suffix}[PREFIX]${files}${own}${input.prefix}`);
  },
};

/** Formats whose endpoint has a field for the suffix. */
const withSuffixField = (id: FimFormatId, transport: FimFormat['transport']): FimFormat => ({
  id,
  transport,
  tokens: [],
  stop: [],
  render: (input) => ({
    prompt: commentedContext(input) + input.prefix,
    suffix: input.suffix,
    system: undefined,
    extra: [],
  }),
});

const infill: FimFormat = {
  ...withSuffixField('infill', 'llama-infill'),
  render: (input) => ({
    prompt: input.prefix,
    suffix: input.suffix,
    system: undefined,
    extra: input.context.map(({ path, text }) => ({ filename: path, text })),
  }),
};

const local: FimFormat = {
  ...withSuffixField('local', 'local'),
  render: (input) => ({ prompt: input.prefix, suffix: input.suffix, system: undefined, extra: [] }),
};

export const HOLE = '{{FILL_HERE}}';
const SYSTEM = [
  `You complete code. The user sends a file with ${HOLE} where text is missing.`,
  'Answer with the missing text alone, between <COMPLETION> and </COMPLETION>: no explanation, no code fence,',
  'nothing that already stands before or after the hole. If nothing is missing, answer <COMPLETION></COMPLETION>.',
].join('\n');

const chat: FimFormat = {
  id: 'chat',
  transport: 'chat',
  tokens: [HOLE, '<COMPLETION>', '</COMPLETION>'],
  stop: ['</COMPLETION>'],
  render: (input) => ({
    prompt: `${commentedContext(input)}<FILE path="${input.path}" language="${input.languageId}">\n${input.prefix}${HOLE}${input.suffix}\n</FILE>`,
    suffix: undefined,
    system: SYSTEM,
    extra: [],
  }),
};

const ALL: readonly FimFormat[] = [
  qwen,
  starcoder,
  stablecode,
  codellama,
  deepseek,
  codestral,
  codegemma,
  granite,
  seedCoder,
  withSuffixField('suffix', 'completions'),
  withSuffixField('mistral', 'mistral-fim'),
  infill,
  chat,
  local,
];

const BY_ID = new Map(ALL.map((format) => [format.id, format]));

/** Undefined for 'none'. */
export const fimFormat = (id: FimFormatId): FimFormat | undefined => BY_ID.get(id);
