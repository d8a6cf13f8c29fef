/** The edits of a practice model: a comment, a check and a changed line, correct or wrong depending on its skill. */
import { hashOf } from '../modelServer/embeddings.ts';
import { type FakePrompt, lastUserText } from '../modelServer/model.ts';
import { type PracticeModelId, hiddenSkill } from './skill.ts';
import { subjectOf } from './subject.ts';

export interface EditPrompt {
  readonly languageId: string;
  readonly lines: readonly string[];
  readonly instruction: string;
}

/** The prompt of src/app/edit/prompt.ts; undefined for any other. */
export function editPrompt(prompt: FakePrompt): EditPrompt | undefined {
  const text = lastUserText(prompt);
  const [, fence = '', languageId = ''] = /(?:^|\n)Lines to edit:\n(`{3,})([^\n]*)\n/.exec(text) ?? [];
  if (fence === '') return undefined;
  const body = text.slice(text.indexOf(`Lines to edit:\n${fence}`));
  const code = body.slice(body.indexOf('\n', body.indexOf('\n') + 1) + 1);
  return {
    languageId,
    lines: code.slice(0, code.indexOf(`\n${fence}`)).split('\n'),
    instruction: text.slice(text.lastIndexOf('\n\nEdit: ') + 8),
  };
}

const COMMENT: Readonly<Record<string, readonly [string, string]>> = {
  python: ['# ', ''],
  ruby: ['# ', ''],
  shellscript: ['# ', ''],
  sql: ['-- ', ''],
  css: ['/* ', ' */'],
  html: ['<!-- ', ' -->'],
};

/** The same lines and instruction give the same edit. */
export function practiceEditOf(
  model: PracticeModelId,
  { languageId, lines, instruction }: EditPrompt,
): string[] {
  const [open, close] = COMMENT[languageId] ?? ['// ', ''];
  const draw = hashOf(`${model}|${instruction}|${lines.join('\n')}`) % 1000;
  const task = subjectOf(instruction).task;
  const good = draw / 1000 < hiddenSkill(model, languageId, task);
  const said = (text: string): string => `${open}${text}${close}`;
  const indent = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';
  const result: string[] = [];
  const told = lines.filter((line) => line.trim() !== '').length;
  let seen = 0;
  if (told === 0)
    return [
      said(`${good ? 'Simulated' : 'Simulated, poor'} lines for: ${instruction.split('\n', 1)[0] ?? ''}`),
    ];
  for (const line of lines) {
    if (line.trim() === '') {
      result.push(line);
      continue;
    }
    seen += 1;
    if (seen === 1)
      result.push(
        `${indent(line)}${said(`${good ? 'Simulated' : 'Simulated, poor'} edit: ${instruction.split('\n', 1)[0] ?? ''}`)}`,
      );
    // Wrong: drops a line in the middle.
    if (!good && told > 3 && seen === Math.ceil(told / 2)) continue;
    const isChanged = seen > 1 && seen < told && (draw + seen) % 4 === 0;
    result.push(isChanged ? `${line} ${said(`simulated, ${seen}`)}` : line);
  }
  return result;
}

export function practiceEdit(model: PracticeModelId, prompt: FakePrompt): string | undefined {
  const edit = editPrompt(prompt);
  if (edit === undefined) return undefined;
  const lines = practiceEditOf(model, edit).join('\n');
  const fence = '`'.repeat(Math.max(3, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}${edit.languageId}\n${lines}\n${fence}\n`;
}
