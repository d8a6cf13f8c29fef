import type { MessageContent } from '../app/ports/models.ts';

/** A message's text without its images. */
export const textOf = (content: MessageContent): string =>
  typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
