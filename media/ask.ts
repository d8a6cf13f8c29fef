/** The Ask webview: it shows the extension's views and reports the user's actions. Its only state is the draft. */
import {
  parseToWebview,
  type ConversationView,
  type FromWebview,
  type Strings,
  type ToWebview,
} from '../src/protocol/ask.ts';
import { Announcer } from './ask/announcer.ts';
import { button } from './ask/button.ts';
import { Composer } from './ask/composer.ts';
import { h } from './ask/dom.ts';
import { mark } from './ask/icons.ts';
import { historyList, inspector, type OverlayHost } from './ask/overlays.ts';
import { Follower } from './ask/scroll.ts';
import type { TurnHost } from './ask/host.ts';
import { TurnElement } from './ask/turn.ts';

interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: SavedState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The state that VS Code keeps for the panel over a reload. */
interface SavedState {
  readonly conversationId: string;
  readonly draft: string;
}

class AskView {
  readonly #api: VsCodeApi;
  readonly #strings: Strings;
  readonly #persistDraft: boolean;
  readonly #announcer = new Announcer();
  readonly #composer: Composer;
  readonly #title = h('h1', { class: 'title' });
  readonly #log: HTMLElement;
  readonly #page: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #follower: Follower;
  readonly #turns = new Map<string, TurnElement>();
  #conversationId = '';
  #runningAnswer: string | undefined;
  #overlay: HTMLElement | undefined;

  constructor(api: VsCodeApi, root: HTMLElement, strings: Strings, persistDraft: boolean) {
    this.#api = api;
    this.#strings = strings;
    this.#persistDraft = persistDraft;
    const post = this.#post;
    this.#composer = new Composer({ strings, post, keepDraft: (draft) => this.#save(draft) });
    this.#empty = this.#emptyState();
    this.#log = h('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': strings.conversation });
    const jump = button(strings.jumpToEnd, {
      icon: 'down2',
      class: 'jump',
      press: () => this.#follower.toEnd(),
    });
    jump.hidden = true;
    this.#follower = new Follower(this.#log, jump);
    const actions = [
      button(strings.newConversation, { icon: 'plus', press: () => post({ type: 'newConversation' }) }),
      button(strings.history, { icon: 'history', press: () => post({ type: 'history' }) }),
    ];
    this.#page = h(
      'div',
      { class: 'page' },
      h('header', { class: 'top' }, h('div', { class: 'top-row' }, this.#title, ...actions)),
      h('div', { class: 'log-frame' }, this.#log, jump),
      this.#composer.element,
    );
    root.replaceChildren(this.#page, this.#announcer.element);
    document.addEventListener('keydown', (event) => this.#escape(event));
    root.addEventListener('click', (event) => this.#link(event));
  }

  take(message: ToWebview): void {
    switch (message.type) {
      case 'init':
        return;
      case 'conversation':
        this.#composer.show(message.composer);
        return this.#show(message.conversation, message.draft);
      case 'turn':
        this.#setTitle(message.title);
        return this.#turn(message.turn);
      case 'answer':
        this.#turns.get(message.turnId)?.updateAnswer(message.answer);
        return this.#running(message.answer.id, message.answer.state);
      case 'append':
        for (const turn of this.#turns.values())
          turn.append(message.answerId, message.text, message.reasoning);
        return;
      case 'composer':
        return this.#composer.show(message.composer);
      case 'price':
        return this.#composer.showPrice(message.price);
      case 'offers':
        this.#turns.get(message.turnId)?.offer(message);
        return;
      case 'inspection':
        return this.#open(
          inspector(message.inspection, this.#composer.text.trim() !== '', this.#overlayHost()),
        );
      case 'history':
        return this.#open(historyList(message.entries, this.#overlayHost()));
      case 'focus':
        if (message.text !== undefined) this.#composer.text = message.text;
        if (!this.#overlay) this.#composer.focus();
    }
  }

  readonly #post = (message: FromWebview): void => this.#api.postMessage(message);

  #show(conversation: ConversationView, draft: string): void {
    const kept = this.#conversationId === '' ? savedState(this.#api.getState()) : undefined;
    const keptDraft = kept?.conversationId === conversation.id ? kept.draft : '';
    this.#conversationId = conversation.id;
    this.#turns.clear();
    this.#runningAnswer = undefined;
    this.#log.replaceChildren(...(conversation.turns.length === 0 ? [this.#empty] : []));
    this.#setTitle(conversation.title);
    this.#composer.running = false;
    this.#composer.text = draft === '' ? keptDraft : draft;
    this.#composer.followUp = conversation.turns.length > 0;
    for (const turn of conversation.turns) this.#turn(turn);
    this.#save(this.#composer.text);
    this.#follower.toEnd();
  }

  #turn(turn: ConversationView['turns'][number]): void {
    const known = this.#turns.get(turn.id);
    if (known) {
      known.update(turn);
    } else {
      const host: TurnHost = {
        strings: this.#strings,
        post: this.#post,
        say: (text) => this.#announcer.say(text),
        grown: () => this.#follower.grown(),
      };
      const element = new TurnElement(turn, this.#turns.size + 1, host);
      this.#turns.set(turn.id, element);
      this.#empty.remove();
      this.#log.append(element.element);
      this.#composer.followUp = true;
      this.#follower.toEnd();
    }
    this.#composer.lastQuestion = turn.question;
    const answer = turn.answers[turn.shown];
    if (answer) this.#running(answer.id, answer.state);
  }

  #running(answerId: string, state: string): void {
    const running = state === 'waiting' || state === 'streaming';
    if (running) this.#runningAnswer = answerId;
    else if (this.#runningAnswer === answerId) this.#runningAnswer = undefined;
    this.#composer.running = this.#runningAnswer !== undefined;
  }

  #setTitle(title: string): void {
    this.#title.textContent = title;
  }

  #emptyState(): HTMLElement {
    const { emptyTitle, emptyText, suggestions } = this.#strings;
    const suggestion = (text: string): HTMLElement =>
      button(text, {
        text,
        class: 'suggestion',
        press: () => {
          this.#composer.text = text;
          this.#composer.focus();
        },
      });
    return h(
      'div',
      { class: 'empty' },
      mark(),
      h('h2', {}, emptyTitle),
      h('p', {}, emptyText),
      h('div', { class: 'suggestions' }, ...suggestions.map(suggestion)),
    );
  }

  #overlayHost(): OverlayHost {
    const sent = (): void => {
      this.#composer.text = '';
      this.#save('');
    };
    return { strings: this.#strings, post: this.#post, close: () => this.#close(), sent };
  }

  #open(overlay: HTMLElement): void {
    this.#overlay?.remove();
    this.#overlay = overlay;
    this.#page.inert = true;
    this.#page.after(overlay);
    overlay.querySelector<HTMLElement>('.overlay-title')?.focus();
  }

  #close(): void {
    this.#overlay?.remove();
    this.#overlay = undefined;
    this.#page.inert = false;
    this.#composer.focus();
  }

  #escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing) return;
    if (this.#overlay) this.#close();
    // A key that is held down counts as one press.
    else if (this.#runningAnswer !== undefined && !event.repeat) this.#post({ type: 'stop' });
  }

  /** The page follows no link itself: the extension shows the address first. */
  #link(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) return;
    event.preventDefault();
    this.#post({ type: 'link', href: link.href });
  }

  #save(draft: string): void {
    this.#api.setState({ conversationId: this.#conversationId, draft: this.#persistDraft ? draft : '' });
  }
}

function savedState(value: unknown): SavedState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { conversationId, draft } = value as Partial<Record<keyof SavedState, unknown>>;
  return typeof conversationId === 'string' && typeof draft === 'string'
    ? { conversationId, draft }
    : undefined;
}

function start(): void {
  const root = document.getElementById('root');
  if (!root) return;
  const api = acquireVsCodeApi();
  let view: AskView | undefined;
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parseToWebview(data);
    if (message?.type === 'init') view = new AskView(api, root, message.strings, message.persistDraft);
    else if (message) view?.take(message);
  });
  api.postMessage({ type: 'ready' });
}

start();
