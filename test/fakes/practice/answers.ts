/**
 * The answer of a practice model: first a statement that it is simulated, then text that depends on the prompt and the
 * model's skill.
 */
import { hashOf } from '../modelServer/embeddings.ts';
import { type FakePrompt, lastUserText } from '../modelServer/model.ts';
import { type PracticeModelId, hiddenSkill } from './skill.ts';
import { type Subject, subjectOf } from './subject.ts';
import { toolResult } from './tools.ts';

export interface Character {
  readonly id: PracticeModelId;
  /** `Swift (simulated)`. */
  readonly label: string;
  /** 1 = one paragraph, 3 = with reasons and a remark. */
  readonly depth: 1 | 2 | 3;
}

export function practiceAnswer(character: Character, prompt: FakePrompt): string {
  const subject = subjectOf(lastUserText(prompt));
  const good = succeeds(character.id, subject);
  const turn = prompt.kind === 'chat' ? prompt.messages.filter(({ role }) => role === 'user').length : 1;
  const disclaimer = `*Simulated answer by ${character.label}. No model was asked; this is for practice only.*`;
  const returned = prompt.kind === 'chat' ? toolResult(prompt) : undefined;
  if (returned !== undefined) return `${disclaimer}\n\n${retold(returned)}\n`;
  const parts = [
    disclaimer,
    opening(subject, good, turn),
    `\`\`\`${fenceTag(subject.language)}\n${code(subject, good)}\n\`\`\``,
  ];
  if (character.depth >= 2) parts.push(reasons(subject, good));
  if (character.depth >= 3) parts.push(remark(subject, good));
  return `${parts.join('\n\n')}\n`;
}

function retold(returned: string): string {
  const lines = returned.trim().split('\n');
  const shown = lines.slice(0, 12).join('\n');
  return `The tool returned ${lines.length} lines, beginning so:\n\n\`\`\`\n${shown}\n\`\`\``;
}

/** The same prompt gets the same answer, so learning from it can be checked. */
export function succeeds(model: PracticeModelId, { language, task, question }: Subject): boolean {
  return (hashOf(`${model}|${question}`) % 1000) / 1000 < hiddenSkill(model, language, task);
}

function opening({ task, name, language }: Subject, good: boolean, turn: number): string {
  const again = turn > 1 ? `To go on from before (question ${turn}): ` : '';
  if (!good) return `${again}I am not sure what is meant by \`${name}\`, but something like this may help.`;
  const sentences: Readonly<Record<string, string>> = {
    explain: `\`${name}\` takes its input apart step by step. The part that matters, in ${language}, is this:`,
    fix: `The fault is at the edge: \`${name}\` does not handle an empty input. With the check it holds:`,
    test: `These cases cover \`${name}\`: the usual one, the empty one, and the largest one.`,
    refactor: `\`${name}\` does two things. Taken apart it becomes shorter and each half can be tested:`,
    document: `The comment says what \`${name}\` is for and what it returns, not how:`,
    review: `Two findings in \`${name}\`: an unchecked input, and a loop that could be a call. Mended:`,
    math: 'Counted case by case, the total comes out as in this calculation:',
  };
  return again + (sentences[task] ?? `Here is \`${name}\` in ${language}, with the input checked first:`);
}

function reasons({ name, task }: Subject, good: boolean): string {
  if (!good) return 'Another way may exist.';
  const last = task === 'test' ? 'Each case can fail on its own.' : `Callers of \`${name}\` need no change.`;
  return [
    'Why so:',
    '',
    '1. The input is checked once, at the edge.',
    '2. Nothing is computed twice.',
    `3. ${last}`,
  ].join('\n');
}

const remark = ({ name }: Subject, good: boolean): string =>
  good
    ? `> **Worth knowing:** for very long inputs \`${name}\` could stream instead of holding everything in memory.`
    : '> It depends on the circumstances.';

const fenceTag = (language: string): string => (language === 'shellscript' ? 'bash' : language);

function code({ language, name, task }: Subject, good: boolean): string {
  const template = templates[language] ?? typescript;
  return template(name, good, task === 'test');
}

type Template = (name: string, good: boolean, test: boolean) => string;

const typescript: Template = (name, good, test) => {
  if (test) {
    const wrong = good ? '6' : '5';
    return `it('adds up', () => {\n  assert.equal(${name}([1, 2, 3]), ${wrong});\n  assert.equal(${name}([]), 0);\n});`;
  }
  const check = good ? '  if (values.length === 0) return 0;\n' : '';
  return `export function ${name}(values: readonly number[]): number {\n${check}  return values.reduce((sum, value) => sum ${good ? '+' : '*'} value, 0);\n}`;
};

const python: Template = (name, good, test) => {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (test)
    return `def test_${snake}():\n    assert ${snake}([1, 2, 3]) == ${good ? 6 : 5}\n    assert ${snake}([]) == 0`;
  const check = good ? '    if not values:\n        return 0.0\n' : '';
  return `def ${snake}(values: list[float]) -> float:\n    """Add up the values; nothing adds up to zero."""\n${check}    return ${good ? 'sum(values)' : 'sum(values) / len(values)'}`;
};

const templates: Readonly<Record<string, Template>> = {
  typescript,
  javascript: (name, good, test) =>
    typescript(name, good, test).replaceAll(/: readonly number\[\]|: number/g, ''),
  python,
  rust: (name, good, test) =>
    test
      ? `#[test]\nfn adds_up() {\n    assert_eq!(${name}(&[1.0, 2.0, 3.0]), ${good ? '6.0' : '5.0'});\n}`
      : `pub fn ${name}(values: &[f64]) -> f64 {\n    values.iter().${good ? 'sum()' : 'product()'}\n}`,
  go: (name, good, test) =>
    test
      ? `func TestAddsUp(t *testing.T) {\n\tif got := ${name}([]float64{1, 2, 3}); got != ${good ? 6 : 5} {\n\t\tt.Fatalf("got %v", got)\n\t}\n}`
      : `func ${name}(values []float64) float64 {\n\tsum := 0.0\n\tfor _, value := range values {\n\t\tsum ${good ? '+=' : '='} value\n\t}\n\treturn sum\n}`,
  sql: (name, good) =>
    `select ${good ? 'coalesce(sum(amount), 0)' : 'sum(amount)'} as ${name}\nfrom orders\nwhere paid;`,
  css: (name, good) => `.${name} {\n  display: ${good ? 'grid' : 'block'};\n  gap: 0.5rem;\n}`,
  shellscript: (name, good) =>
    `${name}() {\n  ${good ? '[ "$#" -gt 0 ] || return 0\n  ' : ''}printf '%s\\n' "$@"\n}`,
};
