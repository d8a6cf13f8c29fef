/** Edits of the practice models in eight languages, answered in the various forms that models use. */
import { createTwoFilesPatch } from 'diff';
import { practiceEditOf } from '../../../fakes/practice/edits.ts';
import { practiceModelIds } from '../../../fakes/practice/skill.ts';

export interface RecordedEdit {
  readonly name: string;
  readonly languageId: string;
  readonly fileName: string;
  readonly instruction: string;
  readonly prefix: string;
  readonly original: string;
  readonly intended: string;
  readonly suffix: string;
  readonly answer: string;
}

interface Language {
  readonly id: string;
  readonly file: string;
  readonly comment: readonly [string, string];
  /** One function, rule or element, with two spaces for each step. */
  readonly unit: (n: number) => string;
}

const languages: readonly Language[] = [
  {
    id: 'typescript',
    file: 'cart.ts',
    comment: ['// ', ''],
    unit: (n) =>
      `export function total${n}(items: readonly Item[]): number {\n  let sum = ${n};\n  for (const item of items) {\n    sum += item.price * item.count;\n  }\n  if (sum > ${n * 100}) return ${n * 100};\n  return sum;\n}`,
  },
  {
    id: 'python',
    file: 'cart.py',
    comment: ['# ', ''],
    unit: (n) =>
      `def total_${n}(items):\n  """Adds up ${n}."""\n  result = ${n}\n  for item in items:\n    result += item.price\n    if result > ${n * 10}:\n      break\n  return result`,
  },
  {
    id: 'go',
    file: 'cart.go',
    comment: ['// ', ''],
    unit: (n) =>
      `func Total${n}(items []Item) int {\n  sum := ${n}\n  for _, item := range items {\n    sum += item.Price\n  }\n  return sum * ${n}\n}`,
  },
  {
    id: 'rust',
    file: 'cart.rs',
    comment: ['// ', ''],
    unit: (n) =>
      `pub fn total_${n}(items: &[Item]) -> u64 {\n  let mut sum = ${n};\n  for item in items {\n    sum += item.price;\n  }\n\n  sum + ${n}\n}`,
  },
  {
    id: 'java',
    file: 'Cart.java',
    comment: ['// ', ''],
    unit: (n) =>
      `static int total${n}(List<Item> items) {\n  int sum = ${n};\n  for (Item item : items) {\n    sum += item.price();\n  }\n  return Math.max(sum, ${n * 7});\n}`,
  },
  {
    id: 'ruby',
    file: 'cart.rb',
    comment: ['# ', ''],
    unit: (n) =>
      `def total_${n}(items)\n  sum = ${n}\n  items.each do |item|\n    sum += item.price\n  end\n  sum.clamp(0, ${n * 50})\nend`,
  },
  {
    id: 'css',
    file: 'cart.css',
    comment: ['/* ', ' */'],
    unit: (n) =>
      `.cart-${n} {\n  display: grid;\n  gap: ${n}px;\n  color: rgb(${n}, ${n}, ${n});\n  margin: ${n}rem auto;\n}`,
  },
  {
    id: 'html',
    file: 'cart.html',
    comment: ['<!-- ', ' -->'],
    unit: (n) =>
      `<section id="cart-${n}">\n  <h2>Cart ${n}</h2>\n  <ul>\n    <li>Item ${n}</li>\n    <li>Item ${n + 1}</li>\n  </ul>\n</section>`,
  },
];

const instructions = ['Check the input first', 'Simplify this', 'Fix the bug at the edge', 'Add comments'];
const steps = ['  ', '\t', '    '];

type Form = (edit: Parts) => string;

interface Parts {
  readonly file: string;
  readonly whole: readonly [string, string];
  readonly tag: string;
  readonly before: readonly string[];
  readonly old: readonly string[];
  readonly lines: readonly string[];
  readonly after: readonly string[];
  readonly comment: readonly [string, string];
  readonly step: string;
}

const fenced = (tag: string, lines: readonly string[]): string =>
  `\`\`\`${tag}\n${lines.join('\n')}\n\`\`\`\n`;

const forms: Readonly<Record<string, Form>> = {
  plain: ({ tag, lines }) => fenced(tag, lines),
  'with words': ({ tag, lines }) =>
    `Of course. Here is the new version:\n\n${fenced(tag, lines)}\nThe input is checked now.\n`,
  'flush left': ({ tag, lines }) => {
    const depth = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
    return fenced(
      tag,
      lines.map((line) => line.slice(Math.min(depth, line.length))),
    );
  },
  'spaces for tabs': ({ tag, lines, step }) =>
    fenced(
      tag,
      lines.map((line) => line.replace(/^\s+/, (all) => '    '.repeat(all.length / step.length))),
    ),
  'the whole file': ({ tag, before, lines, after }) => fenced(tag, [...before, ...lines, ...after]),
  'lines around': ({ tag, before, lines, after }) =>
    fenced(tag, [...before.slice(-4), ...lines, ...after.slice(0, 4)]),
  'a diff': ({ file, whole: [old, fresh] }) =>
    `\`\`\`diff\n${createTwoFilesPatch(`a/${file}`, `b/${file}`, old, fresh)}\`\`\`\n`,
  'an omission': ({ tag, old, lines, comment: [open, close] }) => {
    // The first unchanged line between two distinctive neighbors.
    const tells = (line = ''): boolean => line.trim().length > 2;
    const at = lines.findIndex((line, i) => {
      const [above = '', below = ''] = [lines[i - 1], lines[i + 1]];
      const before = old.indexOf(above);
      const stayed = before >= 0 && old[before + 1] === line && old[before + 2] === below;
      return stayed && tells(above) && tells(below);
    });
    return fenced(
      tag,
      lines.map((line, i) => (i === at ? `${open}... existing code ...${close}` : line)),
    );
  },
};

export function recordedEdits(): readonly RecordedEdit[] {
  const edits: RecordedEdit[] = [];
  for (let i = 0; i < 200; i += 1) edits.push(recorded(i));
  return edits;
}

function recorded(i: number): RecordedEdit {
  const language = languages[i % languages.length]!;
  const [form, answerOf] = Object.entries(forms)[(i >> 3) % 8]!;
  const step = form === 'spaces for tabs' ? '\t' : steps[(i >> 2) % steps.length]!;
  const eol = i % 3 === 0 ? '\r\n' : '\n';
  const ends = i % 5 !== 0;
  const place = i % 4;
  const instruction = instructions[(i >> 1) % instructions.length]!;
  const model = practiceModelIds[i % practiceModelIds.length]!;
  const stepped = (text: string): readonly string[] =>
    text.split('\n').map((line) => line.replace(/^ +/, (all) => step.repeat(all.length / 2)));
  const unit = (n: number): readonly string[] => stepped(language.unit(n + i));
  const head = [`${language.comment[0]}Cart ${i}${language.comment[1]}`, ''];
  const before = place === 0 ? [] : [...head, ...unit(1), '', ...unit(2), ''];
  const after = place === 3 ? [] : ['', ...unit(4), '', ...unit(5)];
  // The whole unit, or some of its lines.
  const all = unit(3);
  const [from, to] = i % 2 === 0 ? [0, all.length] : [1, all.length - 1];
  const [above, old, below] = [
    [...before, ...all.slice(0, from)],
    all.slice(from, to),
    [...all.slice(to), ...after],
  ];
  const lines = practiceEditOf(model, { languageId: language.id, lines: old, instruction });
  const text = (parts: readonly string[], isLast: boolean): string =>
    parts.map((line, at) => (isLast && !ends && at === parts.length - 1 ? line : line + eol)).join('');
  const prefix = text(above, false);
  const suffix = text(below, true);
  const [original, intended] = [text(old, below.length === 0), text(lines, below.length === 0)];
  const lf = (whole: string): string => whole.replaceAll('\r\n', '\n');
  const whole = [lf(prefix + original + suffix), lf(prefix + intended + suffix)] as const;
  const parts = { file: language.file, whole, tag: language.id, old, lines, comment: language.comment, step };
  return {
    name: `${i}: ${language.id}, ${form}, ${eol === '\n' ? 'LF' : 'CRLF'}${ends ? '' : ', no end'}`,
    languageId: language.id,
    fileName: `src/${language.file}`,
    instruction,
    ...{ prefix, original, intended, suffix },
    answer: answerOf({ ...parts, before: above, after: below }),
  };
}
