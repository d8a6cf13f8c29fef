/**
 * Writes a commit message into the box of the Source Control view, from the staged changes, or from all if none is
 * staged.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { commitPrompt, diffToSend, messageIn, type SentDiff } from '../../app/commit/message.ts';
import type { Problem } from '../../app/call/problem.ts';
import { editReward } from '../../core/learning/reward.ts';
import { kept } from '../../core/inline/survival.ts';
import type { DecisionId } from '../../core/brand.ts';
import { signalOf } from '../kit/cancellation.ts';
import { showInformation, showWarning, withProgress } from '../kit/notify.ts';
import { showProblem } from '../words/attention.ts';
import type { CommitDeps } from './deps.ts';
import { repositoryOf, type Repository } from './git.ts';

const { t } = vscode.l10n;

/** The last message of each repository, until the commit shows how much of it was kept. */
const written = new Map<string, { readonly text: string; readonly decisionId: DecisionId }>();

export async function generateCommitMessage(deps: CommitDeps, root: vscode.Uri | undefined): Promise<void> {
  const repository = await repositoryOf(root);
  if (repository === 'no-git') {
    void showWarning(
      t('VS Code’s Git extension is not there, so there is no commit to write a message for.'),
    );
    return;
  }
  if (repository === 'none') {
    void showInformation(t('No Git repository is open.'));
    return;
  }
  if (repository.state.mergeChanges.length > 0) {
    void showWarning(t('Resolve the merge conflicts first.'));
    return;
  }
  const sent = diffToSend(await diffOf(repository));
  if (sent.text === '') {
    void showInformation(
      sent.secret.length > 0
        ? t('All changes are in files that look like secrets, so nothing was sent.')
        : t('There are no changes to commit.'),
    );
    return;
  }
  const options = {
    location: vscode.ProgressLocation.SourceControl,
    cancellable: true,
    title: t('Writing a commit message'),
  };
  await withProgress(options, (_progress, token) => write(deps, repository, sent, signalOf(token)));
}

async function diffOf(repository: Repository): Promise<string> {
  const staged = repository.state.indexChanges.length > 0 ? await repository.diff(true) : '';
  return staged.trim() === '' ? repository.diff() : staged;
}

async function write(
  deps: CommitDeps,
  repository: Repository,
  sent: SentDiff,
  signal: AbortSignal,
): Promise<void> {
  const { inputBox } = repository;
  const key = repository.rootUri.toString();
  const before = inputBox.value;
  const former = written.get(key);
  // The user requested it again: the former message did not satisfy.
  if (former && former.text === before) deps.tell(former.decisionId, 'retried', { reward: 0, weight: 0.5 });
  const messages = commitPrompt(sent, await earlier(repository), former?.text === before ? '' : before);
  const ended = await stream(
    deps,
    messages,
    signal,
    (text, last) => {
      // Text that the user types into the box is not overwritten.
      if (inputBox.value !== last) return false;
      inputBox.value = text;
      return true;
    },
    before,
  );
  if (ended.problem) {
    if (inputBox.value === ended.text) inputBox.value = before;
    if (!signal.aborted) void showProblem(ended.problem);
    return;
  }
  if (ended.text === '' || ended.decisionId === undefined || inputBox.value !== ended.text) return;
  follow(deps, repository, { text: ended.text, decisionId: ended.decisionId });
  if (before.trim() === '' || before === former?.text) return;
  const restore = t('Restore');
  const picked = await showInformation(t('The message that stood there was replaced.'), restore);
  if (picked === restore) inputBox.value = before;
}

interface GeneratedMessage {
  readonly text: string;
  readonly decisionId: DecisionId | undefined;
  readonly problem: Problem | undefined;
}

/** `show` receives the new text and the one shown before; false = stop showing. */
async function stream(
  { engine }: CommitDeps,
  messages: ReturnType<typeof commitPrompt>,
  signal: AbortSignal,
  show: (text: string, last: string) => boolean,
  before: string,
): Promise<GeneratedMessage> {
  let [answer, text, isShown] = ['', before, true];
  let decisionId: DecisionId | undefined;
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0);
  const view = {
    text: 'Write the commit message for this diff.',
    ...{ languageId: 'diff', contextChars: chars, turn: 0, referenceCount: 1 },
  };
  const request = { messages, view, conversationId: randomUUID(), signal };
  for await (const event of engine.run({ ...request, choice: { type: 'auto' } })) {
    if (event.type === 'routed') decisionId = event.decision.id;
    if (event.type === 'text-was-reasoning') answer = '';
    if (event.type === 'failed') return { text, decisionId, problem: event.problem };
    if (event.type !== 'text') continue;
    answer += event.text;
    const fresh = messageIn(answer);
    isShown = isShown && show(fresh, text);
    if (isShown) text = fresh;
  }
  return { text, decisionId, problem: undefined };
}

async function earlier(repository: Repository): Promise<readonly string[]> {
  try {
    return (await repository.log({ maxEntries: 8 })).map(({ message }) => message);
  } catch {
    // A repository without a commit.
    return [];
  }
}

/** Kept or rewritten, reported when the commit is made. */
function follow(
  deps: CommitDeps,
  repository: Repository,
  made: { readonly text: string; readonly decisionId: DecisionId },
): void {
  const key = repository.rootUri.toString();
  written.set(key, made);
  const listening = repository.onDidCommit?.(() => {
    if (written.get(key) === made) {
      written.delete(key);
      repository.getCommit('HEAD').then(
        ({ message }) => deps.tell(made.decisionId, 'survived', editReward(1, kept(made.text, message))),
        (error: unknown) => deps.log.error('A commit could not be read', error),
      );
    }
    listening?.dispose();
  });
}
