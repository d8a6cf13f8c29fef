/** Reports an edit that changed nothing, or not everything: one sentence, and the action. */
import * as vscode from 'vscode';
import type { AskWords } from '../../app/ask/ask.ts';
import type { EditEnd } from '../../app/edit/session.ts';
import type { EditRefusal } from '../../app/edit/answer.ts';
import { showInformation, showWarning } from '../kit/notify.ts';

const { t } = vscode.l10n;

/** The report on one answer. */
export interface EndedEdit {
  readonly end: EditEnd;
  /** The model's name; '' before one was chosen. */
  readonly label: string;
  readonly uri: vscode.Uri;
  readonly words: AskWords;
}

interface Way {
  readonly label: string;
  readonly run: () => unknown;
}

export async function tellEnd({ end, label, uri, words }: EndedEdit): Promise<void> {
  const retry: Way = { label: t('Retry'), run: () => command('pilot.edit.retry', uri) };
  const another: Way = { label: t('Another Model…'), run: () => command('pilot.edit.another', uri) };
  switch (end.kind) {
    case 'changed':
    case 'stopped':
      return;
    case 'unchanged':
      return tell(showInformation, t('{0} proposes no change.', label), [another]);
    case 'incomplete':
      return tell(showWarning, words.incomplete(label, end.reason).text, [retry, another]);
    case 'conflict':
      return tell(
        showWarning,
        t('You changed the same lines meanwhile, so the answer of {0} was not applied.', label),
        [retry],
      );
    case 'read-only':
      return tell(showWarning, t('The change could not be applied: the file is read-only.'), []);
    case 'refused': {
      const show: Way = { label: t('Show Answer'), run: () => showAnswer(end.answer) };
      return tell(showWarning, refusal(end.why, label), [show, retry, another]);
    }
    case 'failed': {
      const { text, ways } = words.problem(end.problem);
      const own = ways.map(({ label: title, command: id, args = [] }): Way => {
        if (id === 'pilot.askFree')
          return { label: title, run: () => command('pilot.edit.retry', uri, ...args) };
        if (id === 'pilot.askAnother') return { label: title, run: another.run };
        return { label: title, run: () => command(id, ...args) };
      });
      return tell(showWarning, text, own);
    }
  }
}

function refusal(why: EditRefusal, label: string): string {
  switch (why) {
    case 'prose':
      return t('{0} answered in words and not in code, so nothing was changed.', label);
    case 'elided':
      return t(
        'The answer of {0} leaves out code without telling where it belongs, so nothing was changed.',
        label,
      );
    case 'patch':
      return t('The diff that {0} answered with does not fit the file, so nothing was changed.', label);
    case 'other-file':
      return t('The diff that {0} answered with is for another file, so nothing was changed.', label);
  }
}

async function showAnswer(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language: 'markdown' });
  await vscode.window.showTextDocument(document, { preview: true });
}

const command = (id: string, ...args: readonly unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(id, ...args);

async function tell(show: typeof showInformation, text: string, ways: readonly Way[]): Promise<void> {
  const picked = await show(text, ...ways.map(({ label }) => label));
  await ways.find(({ label }) => label === picked)?.run();
}
