/** Connects the panel and the open conversations: the user's actions in it, and its content. */
import * as vscode from 'vscode';
import { randomUUID } from 'node:crypto';
import type { AskSession, SessionChange } from '../../app/ask/ask.ts';
import type { Choice } from '../../app/call/routing.ts';
import { AnswerHolds } from '../../app/ask/answerHolds.ts';
import { assemble, type Prepared } from '../../app/ask/assemble.ts';
import { findAnswer } from '../../app/ask/conversations.ts';
import { History } from '../../app/ask/history.ts';
import type { ArmId } from '../../core/brand.ts';
import type { ComposerView, FromWebview, ToWebview } from '../../protocol/ask.ts';
import { AnswerActions } from './answerActions.ts';
import { Proposals } from './codeActions.ts';
import { ContextTray } from './contextTray.ts';
import { OpenConversations } from './conversationsOpen.ts';
import type { AskDeps } from './deps.ts';
import { confirmDeleteAll, openLink, pickAnother, pickModel, tellDeleted } from './dialogs.ts';
import { LastEditor } from './editors.ts';
import { HistoryFiles } from './historyFiles.ts';
import { AskPanel, lockedGroup } from './panel.ts';
import { Prices } from './prices.ts';
import {
  answerUpdate,
  conversationTitle,
  conversationView,
  historyView,
  inspectionView,
  turnView,
} from './present.ts';
import { storageFolder } from './storageFolder.ts';
import { askStrings } from './strings.ts';
import { showWarning } from '../kit/notify.ts';
import type { MessageHandlers } from '../kit/webviewPanel.ts';

/** Milliseconds without cursor movement before the chips are drawn again. */
const trayQuietMs = 120;

export class AskController implements vscode.Disposable {
  readonly #deps: AskDeps;
  readonly #history: History;
  readonly #open: OpenConversations;
  readonly #editors = new LastEditor();
  readonly #tray: ContextTray;
  readonly #proposals = new Proposals();
  readonly #actions: AnswerActions;
  readonly #prices: Prices;
  readonly #holds: AnswerHolds;
  readonly #ledgerChanges: { dispose(): unknown };
  #panel: AskPanel | undefined;
  #opening: Promise<void> | undefined;
  #trayTimer: NodeJS.Timeout | undefined;
  /** The model that the user chose for each conversation; absent = PILOT chooses. */
  readonly #chosen = new Map<string, ArmId>();
  #inspected: Prepared | undefined;
  #draft = '';

  constructor(deps: AskDeps) {
    this.#deps = deps;
    const { engine, words, log, clock, settings } = deps;
    const folder = vscode.Uri.joinPath(deps.storageUri ?? deps.globalStorageUri, 'conversations');
    this.#history = new History(
      new HistoryFiles(storageFolder(folder), log),
      () => deps.settings.historyEnabled,
      log,
    );
    this.#open = new OpenConversations(
      {
        engine,
        words,
        log,
        newId: randomUUID,
        now: () => clock.now(),
        save: (conversation) => this.#history.save(conversation),
      },
      this.#history,
      (session, change) => this.#show(session, change),
    );
    this.#tray = new ContextTray(
      this.#editors,
      () => vscode.workspace.isTrusted && settings.get('ask.includeActiveFile'),
    );
    this.#actions = new AnswerActions(this.#open, this.#editors, this.#proposals);
    this.#prices = new Prices({
      engine,
      log,
      post: (message) => this.#post(message),
      current: () => this.#open.current,
      isChosen: () => this.#chosen.has(this.#open.current.conversation.id),
      draft: () => this.#drafted(),
    });
    this.#holds = new AnswerHolds(engine);
    this.#ledgerChanges = engine.onDidChange(() => this.#refreshHolds());
    this.#tray.onDidChange(() => this.#traySoon());
  }

  /** Shows the panel with the focus in its composer, and asks a given question at once. */
  async ask(question?: string): Promise<void> {
    if (!this.#panel) await (this.#opening ??= this.#openPanel());
    this.#panel?.reveal();
    this.#post({ type: 'focus', text: undefined });
    if (question !== undefined && question.trim() !== '') await this.#ask(question);
  }

  async #openPanel(): Promise<void> {
    try {
      const column = await lockedGroup();
      this.#panel ??= this.#newPanel(column);
    } finally {
      this.#opening = undefined;
    }
  }

  /** Restores a panel that VS Code kept over a reload, with its conversation if that was stored. */
  async restore(panel: vscode.WebviewPanel, conversationId: string | undefined): Promise<void> {
    if (this.#panel) {
      panel.dispose();
      return;
    }
    if (conversationId !== undefined) await this.#open.open(conversationId);
    this.#panel = this.#newPanel(panel);
  }

  async newConversation(): Promise<void> {
    this.#startNew();
    await this.ask();
    this.#showAll();
  }

  async showHistory(): Promise<void> {
    const entries = await this.#history.list();
    const answering = this.#open.answering();
    const views = historyView(entries, this.#open.current.conversation.id, answering);
    this.#post({ type: 'history', entries: views });
  }

  async deleteConversations(): Promise<void> {
    if (await confirmDeleteAll()) await this.deleteAll();
  }

  async deleteAll(): Promise<void> {
    const deleted = await this.#open.deleteAll();
    this.#draft = '';
    this.#showAll();
    tellDeleted(deleted);
  }

  /** Asks a question again, for an action of its failed answer; from the palette, the last question. */
  async again(choice: Choice | 'pick', turnId: unknown): Promise<void> {
    const session = this.#open.current;
    const { turns } = session.conversation;
    const turn = turns.find(({ id }) => id === turnId) ?? turns.at(-1);
    if (!turn) return this.ask();
    const chosen =
      choice === 'pick' ? await pickAnother(this.#deps.engine.arms(), session.triedArms(turn.id)) : choice;
    if (!chosen) return;
    await this.ask();
    await session.askAgain(turn.id, chosen);
  }

  acceptProposal = (uri?: vscode.Uri): Promise<void> => this.#proposals.accept(uri);
  discardProposal = (uri?: vscode.Uri): Promise<void> => this.#proposals.discard(uri);

  dispose(): void {
    clearTimeout(this.#trayTimer);
    this.#open.stopAll();
    for (const part of [
      this.#panel,
      this.#ledgerChanges,
      this.#prices,
      this.#proposals,
      this.#tray,
      this.#editors,
    ])
      part?.dispose();
  }

  #newPanel(at?: vscode.ViewColumn | vscode.WebviewPanel): AskPanel {
    const { extensionUri, log } = this.#deps;
    const onClosed = (): void => {
      this.#panel = undefined;
      this.#draft = '';
      // The user can no longer see or stop the answers, so that they must not cost more.
      this.#open.stopAll();
    };
    const panel = new AskPanel({ extensionUri, log, handlers: this.#handlers(), onClosed }, at);
    panel.title = conversationTitle(this.#open.current.conversation);
    return panel;
  }

  #handlers(): MessageHandlers<FromWebview> {
    return {
      ready: () => this.#greet(),
      draft: ({ text }) => {
        this.#draft = text;
        this.#prices.next();
      },
      ask: ({ text }) => this.#ask(text),
      stop: () => this.#open.current.stop(),
      inspect: ({ text }) => this.#inspect(text),
      sendInspected: () => this.#send(this.#inspected),
      addContext: () => this.#tray.addFiles(),
      chip: ({ id, on }) => this.#tray.toggle(id, on),
      chooseModel: () => this.#chooseModel(),
      newConversation: () => {
        this.#startNew();
        this.#showAll();
      },
      history: () => this.showHistory(),
      openConversation: async ({ id }) => {
        await this.#open.open(id);
        this.#showAll();
      },
      deleteConversation: ({ id }) => this.#delete(id),
      retry: ({ turnId }) => this.#open.current.askAgain(turnId, this.#choice()),
      continue: ({ answerId }) => this.#open.current.continueAnswer(answerId),
      release: ({ answerId }) => this.#holds.release(this.#open.current, answerId),
      better: ({ turnId }) => this.#better(this.#open.current, turnId),
      another: ({ turnId }) => this.#another(this.#open.current, turnId),
      show: ({ turnId, index }) => this.#open.current.show(turnId, index),
      link: ({ href }) => openLink(href),
      ...this.#actions.handlers(),
    };
  }

  async #ask(question: string): Promise<void> {
    if (question.trim() === '') return;
    const { pieces, failed } = await this.#tray.collect();
    if (failed.length > 0) {
      const names = failed.join(', ');
      void showWarning(vscode.l10n.t('Not sent because it cannot be read: {0}', names));
    }
    await this.#send(assemble(this.#open.current.conversation, question, pieces));
  }

  async #send(prepared: Prepared | undefined): Promise<void> {
    this.#inspected = undefined;
    if (!prepared) return;
    if (this.#open.current.isFull) this.#open.startNew();
    this.#draft = '';
    this.#tray.sent();
    await this.#open.current.ask(prepared, this.#choice());
  }

  async #inspect(question: string): Promise<void> {
    const { pieces, failed } = await this.#tray.collect();
    this.#inspected = assemble(this.#open.current.conversation, question, pieces);
    const inspection = inspectionView(this.#inspected, failed, this.#composer().model);
    this.#post({ type: 'inspection', inspection });
  }

  /** Asks exactly the model that the button names. */
  #better(session: AskSession, turnId: string): Promise<void> {
    const not = session.triedArms(turnId);
    return session.askAgain(turnId, { type: 'escalate', not, to: this.#prices.better(turnId) });
  }

  async #drafted(): Promise<{ prepared: Prepared; chosen: ArmId | undefined } | undefined> {
    const question = this.#draft;
    if (!this.#panel || question.trim() === '') return undefined;
    const { pieces } = await this.#tray.collect();
    const { conversation } = this.#open.current;
    return { prepared: assemble(conversation, question, pieces), chosen: this.#chosen.get(conversation.id) };
  }

  #startNew(): void {
    this.#open.startNew();
    this.#tray.startNew();
  }

  async #another(session: AskSession, turnId: string): Promise<void> {
    const choice = await pickAnother(this.#deps.engine.arms(), session.triedArms(turnId));
    if (choice) await session.askAgain(turnId, choice);
  }

  async #chooseModel(): Promise<void> {
    const { id } = this.#open.current.conversation;
    const choice = await pickModel(this.#deps.engine.arms(), this.#chosen.get(id));
    if (choice?.type === 'arm') this.#chosen.set(id, choice.armId);
    if (choice?.type === 'auto') this.#chosen.delete(id);
    this.#post({ type: 'composer', composer: this.#composer() });
    this.#post({ type: 'focus', text: undefined });
    this.#prices.all();
  }

  #choice(): Choice {
    const armId = this.#chosen.get(this.#open.current.conversation.id);
    return armId === undefined ? { type: 'auto' } : { type: 'arm', armId };
  }

  async #delete(id: string): Promise<void> {
    const wasCurrent = id === this.#open.current.conversation.id;
    await this.#open.delete(id);
    if (wasCurrent) this.#showAll();
    await this.showHistory();
  }

  #composer(): ComposerView {
    const armId = this.#chosen.get(this.#open.current.conversation.id);
    const arm = this.#deps.engine.arms().find(({ id }) => id === armId);
    return {
      chips: this.#tray.chips(),
      model: arm?.label ?? armId ?? vscode.l10n.t('Auto'),
      pinned: armId !== undefined,
    };
  }

  #greet(): void {
    this.#post({ type: 'init', strings: askStrings(), persistDraft: this.#deps.settings.historyEnabled });
    this.#showAll();
    this.#post({ type: 'focus', text: undefined });
  }

  #showAll(): void {
    const { conversation } = this.#open.current;
    const view = conversationView(conversation);
    if (this.#panel) this.#panel.title = view.title;
    this.#post({ type: 'conversation', conversation: view, composer: this.#composer(), draft: this.#draft });
    for (const { answers } of view.turns) {
      for (const { id, text, reasoning } of answers) this.#panel?.holds(id, text.length + reasoning.length);
    }
    this.#prices.all();
    this.#refreshHolds();
  }

  /** While no panel is visible, the amounts under the answers may be outdated. */
  #refreshHolds(): void {
    if (!this.#panel) return;
    this.#holds
      .refresh(() => this.#open.current)
      .catch((error: unknown) => this.#deps.log.error('What is reserved could not be read', error));
  }

  #show(session: AskSession, change: SessionChange): void {
    if (session !== this.#open.current) return;
    if (change.type === 'append') return this.#panel?.append(change.answerId, change.text, change.reasoning);
    const { conversation } = session;
    if (!session.running) {
      this.#prices.turn(change.turnId);
      // The ledger changed before the answer's end is reported.
      this.#refreshHolds();
    }
    if (change.type === 'turn') {
      const turn = conversation.turns.find(({ id }) => id === change.turnId);
      const title = conversationTitle(conversation);
      if (this.#panel) this.#panel.title = title;
      if (turn) this.#post({ type: 'turn', turn: turnView(turn), title });
      return;
    }
    const found = findAnswer(conversation, change.answerId);
    if (found) this.#post({ type: 'answer', turnId: change.turnId, answer: answerUpdate(found.answer) });
  }

  #traySoon(): void {
    this.#trayTimer ??= setTimeout(() => {
      this.#trayTimer = undefined;
      this.#prices.next();
      this.#post({ type: 'composer', composer: this.#composer() });
    }, trayQuietMs);
  }

  #post(message: ToWebview): void {
    this.#panel?.post(message);
  }
}
