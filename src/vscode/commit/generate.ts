/**
 * Writes a commit message into the box of the Source Control view, from the staged changes, or from all if none is
 * staged.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { commitPrompt, diffToSend, messageIn, type SentDiff } from '../../app/commit/message.ts';
import type { Problem } from '../../app/call/problem.ts';
import { editReward, rewardOf } from '../../core/learning/reward.ts';
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
  const box = new MessageBox(repository.inputBox);
  const former = written.get(repository.rootUri.toString());
  const isOwn = former?.text === box.before;
  // Generating again over an unchanged message rejects it.
  if (former && isOwn) deps.tell(former.decisionId, 'retried', rewardOf('retried'));
  const messages = commitPrompt(sent, await earlier(repository), isOwn ? '' : box.before);
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  // After a stop the engine may let the answer run to its end unseen, for its bill.
  const ended = await Promise.race([stream(deps, messages, signal, box), stopped]);
  if (ended === undefined || ended.problem) {
    box.restore();
    if (ended?.problem && !signal.aborted) void showProblem(ended.problem);
    return;
  }
  if (!box.isWritten || ended.decisionId === undefined) return;
  follow(deps, repository, { text: repository.inputBox.value, decisionId: ended.decisionId });
  if (box.before.trim() !== '' && !isOwn) void offerRestore(repository, box.before);
}

/** The message box while a message streams into it; text that the user types into it ends that. */
class MessageBox {
  readonly #box: Repository['inputBox'];
  readonly before: string;
  #last: string;

  constructor(box: Repository['inputBox']) {
    this.#box = box;
    this.before = this.#last = box.value;
  }

  /** Whether the box holds what `show` wrote last. */
  get isWritten(): boolean {
    return this.#last !== this.before && this.#box.value === this.#last;
  }

  show(text: string): void {
    if (this.#box.value !== this.#last) return;
    this.#box.value = this.#last = text;
  }

  restore(): void {
    this.show(this.before);
  }
}

async function offerRestore({ inputBox }: Repository, before: string): Promise<void> {
  const restore = t('Restore');
  const picked = await showInformation(t('The message that stood there was replaced.'), restore);
  if (picked === restore) inputBox.value = before;
}

interface GeneratedMessage {
  readonly decisionId: DecisionId | undefined;
  readonly problem: Problem | undefined;
}

async function stream(
  { engine }: CommitDeps,
  messages: ReturnType<typeof commitPrompt>,
  signal: AbortSignal,
  box: MessageBox,
): Promise<GeneratedMessage> {
  let answer = '';
  let decisionId: DecisionId | undefined;
  const contextChars = messages.reduce((sum, { content }) => sum + content.length, 0);
  const text = 'Write the commit message for this diff.';
  const view = { text, languageId: 'diff', contextChars, turn: 0, referenceCount: 1 };
  const request = { messages, view, conversationId: randomUUID(), signal };
  for await (const event of engine.run({ ...request, choice: { type: 'auto' } })) {
    if (event.type === 'routed') decisionId = event.decision.id;
    if (event.type === 'text-was-reasoning') answer = '';
    if (event.type === 'failed') return { decisionId, problem: event.problem };
    if (event.type !== 'text' || signal.aborted) continue;
    answer += event.text;
    const message = messageIn(answer);
    if (message !== '') box.show(message);
  }
  return { decisionId, problem: undefined };
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
