import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

/** Counted nouns in the interface, with their singular. */
const nouns: Readonly<Record<string, string>> = {
  calls: 'call',
  lines: 'line',
  models: 'model',
  files: 'file',
  characters: 'character',
  prompts: 'prompt',
  observations: 'observation',
  decisions: 'decision',
  conversations: 'conversation',
  problems: 'problem',
  answers: 'answer',
  keys: 'key',
};
const counted = new RegExp(String.raw`\{\d\} (${Object.keys(nouns).join('|')})\b`, 'g');

const strings = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => Array.from(readFileSync(`src/${file}`, 'utf8').matchAll(/'((?:[^'\\\n]|\\.)*)'/g), ([, text = '']) => text)); // prettier-ignore
const all = new Set(strings);
/** Sentences whose number is never one, or whose singular has other words. */
const otherwise = ['Model: {0}.', 'Only the first', 'PILOT may now choose among'];

/** A list of strings with the same text after different numbers ("1 call of the file is missing"). */
const hasOne = (text: string, at: number, one: string): boolean => {
  const beginning = `${text.slice(0, at)}1 ${one}`;
  return all.has(beginning) || strings.some((each) => each.startsWith(`${beginning} `));
};

describe('numbers in sentences', () => {
  it('have a form for one beside the form for many', () => {
    const lacking = strings.flatMap((text) =>
      [...text.matchAll(counted)]
        .filter(() => !otherwise.some((beginning) => text.startsWith(beginning)))
        .filter(({ index, 1: many = '' }) => !hasOne(text, index, nouns[many] ?? ''))
        .map(() => text),
    );
    assert.deepEqual(lacking, []);
  });

  it('and English, German and Chinese have no third', () => {
    for (const language of ['en', 'de'])
      assert.deepEqual(new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted(), ['one', 'other']); // prettier-ignore
    assert.deepEqual(new Intl.PluralRules('zh').resolvedOptions().pluralCategories, ['other']);
  });
});
