/**
 * The marks that models write around their thoughts where the server's parser does not remove them. One list for every
 * reader.
 */

export interface ThoughtTags {
  readonly open: readonly string[];
  readonly close: readonly string[];
}

const tag = (name: string): ThoughtTags => ({ open: [`<${name}>`], close: [`</${name}>`] });

export const THOUGHT_TAGS: readonly ThoughtTags[] = [
  tag('think'),
  tag('thinking'),
  tag('thought'),
  tag('Thought'),
  tag('reasoning'),
  tag('seed:think'),
  tag('mm:think'),
  { open: ['[THINK]'], close: ['[/THINK]'] },
  { open: ['◁think▷'], close: ['◁/think▷'] },
  { open: ['<|START_THINKING|>'], close: ['<|END_THINKING|>'] },
  { open: ['<|begin_of_thought|>'], close: ['<|end_of_thought|>'] },
  { open: ['<unused94>thought'], close: ['<unused95>'] },
  { open: ['<|channel>thought'], close: ['<channel|>'] },
  // OpenAI's harmony: only the final channel is for the reader.
  {
    open: [
      '<|channel|>analysis<|message|>',
      '<|start|>assistant<|channel|>analysis<|message|>',
      '<|channel|>analysis',
      '<|channel|>commentary',
    ],
    close: ['<|channel|>final<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
  },
];
