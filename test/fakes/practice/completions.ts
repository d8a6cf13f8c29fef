/** The text of a practice model at the cursor: a plausible line or body, correct or wrong depending on its skill. */
import { hashOf } from '../modelServer/embeddings.ts';
import { type PracticeModelId, hiddenSkill } from './skill.ts';

export function practiceCompletion(model: PracticeModelId, prefix: string, suffix: string): string {
  const language = languageOf(prefix + suffix);
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const draw = (hashOf(`${model}|${prefix.slice(-200)}`) % 1000) / 1000;
  const good = draw < hiddenSkill(model, language, 'complete');
  const place = { language, line, prefix, suffix, good };
  for (const rule of rules) {
    const completion = rule(place);
    if (completion !== undefined) return completion;
  }
  return '';
}

interface Place {
  readonly language: string;
  /** The cursor's line up to the cursor. */
  readonly line: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly good: boolean;
}

type Rule = (place: Place) => string | undefined;

const languageOf = (text: string): string => {
  if (/\bdef \w+\(.*\)( -> .+)?:|^from \w+ import |\bself\b/m.test(text)) return 'python';
  if (/\bfn \w+\(|\blet mut\b|\bimpl\b/.test(text)) return 'rust';
  if (/\bfunc \w+\(|^package \w+/m.test(text)) return 'go';
  return 'typescript';
};

/** The expression for a function's body, by the function's name. */
const meanings: readonly (readonly [RegExp, (args: readonly string[]) => string])[] = [
  [
    /^(add|sum|total|plus)/i,
    (args) => (args.length > 1 ? args.join(' + ') : `${first(args)}.reduce((sum, value) => sum + value, 0)`),
  ],
  [/^(sub|minus|diff)/i, (args) => args.join(' - ')],
  [/^(mul|times|product|area)/i, (args) => args.join(' * ')],
  [/^(div|ratio)/i, (args) => args.join(' / ')],
  [/^(max|largest)/i, (args) => `Math.max(${args.join(', ')})`],
  [/^(min|smallest)/i, (args) => `Math.min(${args.join(', ')})`],
  [/^is_?even/i, (args) => `${first(args)} % 2 === 0`],
  [/^is_?empty/i, (args) => `${first(args)}.length === 0`],
  [/^(square)/i, (args) => `${first(args)} * ${first(args)}`],
  [/^(greet|hello)/i, (args) => `\`Hello, \${${first(args)}}!\``],
  [/^(clamp)/i, ([value = 'value', lo = 'lo', hi = 'hi']) => `Math.min(${hi}, Math.max(${lo}, ${value}))`],
];

const first = (args: readonly string[]): string => args[0] ?? 'value';

const header = /(?:function|def|fn|func)\s+(\w+)\s*\(([^)]*)\)[^\n]*$/;

function expressionOf(name: string, parameters: string, good: boolean): string {
  const args = parameters
    .split(',')
    .map((parameter) => parameter.trim().split(/[\s:=]/)[0] ?? '')
    .filter((parameter) => parameter !== '' && parameter !== 'self');
  const meaning = meanings.find(([pattern]) => pattern.test(name))?.[1];
  if (!good) return first([...args].reverse());
  return (
    meaning?.(args) ??
    (args.length > 0 ? args.join(', ').replace(/^(.*)$/, args.length > 1 ? '[$1]' : '$1') : '0')
  );
}

const rules: readonly Rule[] = [
  // Directly after `return` in a function.
  ({ line, prefix, language, good }) => {
    if (!/^\s*return\s+$/.test(line)) return undefined;
    const [, name = '', parameters = ''] = headers(prefix).at(-1) ?? [];
    return expressionOf(name, parameters, good) + (language === 'typescript' ? ';' : '');
  },
  // At the end of a function's opening line, or on the empty line below it.
  ({ prefix, line, suffix, language, good }) => {
    const open = prefix.trimEnd();
    if (!(open.endsWith('{') || open.endsWith(':')) || prefix.slice(open.length).split('\n').length > 2)
      return undefined;
    const opened = header.exec(open);
    if (opened === null) return undefined;
    const [, name = '', parameters = ''] = opened;
    const indent = language === 'python' ? '    ' : '  ';
    const body = `return ${expressionOf(name, parameters, good)}${language === 'typescript' ? ';' : ''}`;
    const lead = prefix.length === open.length ? `\n${indent}` : line === '' ? indent : '';
    const close =
      language !== 'python' && !/^\s*\}/.test(suffix) && prefix.length === open.length ? '\n}' : '';
    return lead + body + close;
  },
  // A parameter list.
  ({ line, language, good }) => {
    const name = /(?:function|def|fn|func)\s+(\w+)\($/.exec(line)?.[1];
    if (name === undefined) return undefined;
    if (language === 'python') return good ? 'a, b):\n    return a + b' : 'a):';
    if (language === 'rust') return 'a: f64, b: f64) -> f64 {';
    if (language === 'go') return 'a, b float64) float64 {';
    return `a: number, b: number): number {\n  return ${expressionOf(name, 'a, b', good)};\n}`;
  },
  // The next item of a series: `case 1:`, `const a1 =`, `items.push(1)`.
  ({ prefix, line, good }) => {
    if (line.trim() !== '') return undefined;
    const row = prefix.trimEnd().split('\n').slice(-2);
    const [last = '', before = ''] = [row.at(-1), row.at(-2)];
    const shape = (text: string): string => text.replace(/\d+/g, '#').trim();
    if (!/\d/.test(last) || shape(last) !== shape(before)) return undefined;
    return last.trim().replace(/\d+/g, (digits) => String(Number(digits) + (good ? 1 : 2)));
  },
  // `const total = `
  ({ line, good }) => {
    const name = /\b(?:const|let|var)\s+(\w+)\s*=\s*$/.exec(line)?.[1];
    if (name === undefined) return undefined;
    if (/count|total|sum|size|length/i.test(name)) return good ? 'items.length;' : 'null;';
    return /s$/.test(name) ? '[];' : `await load${name.charAt(0).toUpperCase()}${name.slice(1)}();`;
  },
  // Closes an open call.
  ({ line, suffix }) => (/\w\($/.test(line) && !suffix.startsWith(')') ? 'value);' : undefined),
];

const headers = (prefix: string): readonly RegExpMatchArray[] => [
  ...prefix.matchAll(/(?:function|def|fn|func)\s+(\w+)\s*\(([^)]*)\)/g),
];
