/** A practice model's commit message: the files that the diff changes, and the statement that no model was asked. */
import { type FakePrompt, lastUserText } from '../modelServer/model.ts';

export function practiceCommit(prompt: FakePrompt): string | undefined {
  const text = lastUserText(prompt);
  if (!text.endsWith('Write the commit message for this diff.')) return undefined;
  const names = [...text.matchAll(/^diff --git a\/\S+ b\/(\S+)$/gm)].map(([, name = '']) => name);
  const [first = 'nothing', ...others] = names;
  return `Change ${first}${others.length > 0 ? ` and ${others.length} more` : ''} (simulated)`;
}
