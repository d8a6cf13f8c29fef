/** The two pages that temporarily replace the conversation: the request to be sent, and the list of conversations. */
import type { FromWebview, HistoryEntryView, InspectionView, Strings } from '../../src/protocol/ask.ts';
import { button } from './button.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';

export interface OverlayHost {
  readonly strings: Strings;
  readonly post: (message: FromWebview) => void;
  readonly close: () => void;
  /** Called when the composer's text has been sent. */
  readonly sent: () => void;
}

/** Characters of one message shown at first; the rest is shown on demand. */
const firstChars = 20_000;

function overlay(title: string, host: OverlayHost, ...children: readonly (Node | undefined)[]): HTMLElement {
  const back = button(host.strings.back, { icon: 'left', press: host.close });
  const heading = h('h2', { tabindex: '-1', class: 'overlay-title' }, title);
  return h(
    'section',
    { class: 'overlay', 'aria-label': title },
    h('header', { class: 'overlay-bar' }, back, heading),
    ...children,
  );
}

export function inspector(
  { messages, summary, notes }: InspectionView,
  sendable: boolean,
  host: OverlayHost,
): HTMLElement {
  const { strings, post, close, sent } = host;
  const send = button(strings.sendThis, {
    text: strings.sendThis,
    class: 'primary',
    press: () => {
      sent();
      close();
      post({ type: 'sendInspected' });
    },
  });
  send.disabled = !sendable;
  return overlay(
    strings.inspectTitle,
    host,
    h('p', { class: 'overlay-summary' }, summary),
    notes.length > 0 ? h('ul', { class: 'notes' }, ...notes.map((note) => h('li', {}, note))) : undefined,
    h('div', { class: 'overlay-scroll', tabindex: '0' }, ...messages.map(messageElement)),
    h('footer', { class: 'overlay-actions' }, send),
  );
}

function messageElement(
  { role, text }: InspectionView['messages'][number],
  index: number,
  all: readonly unknown[],
): HTMLElement {
  const shown = document.createTextNode(text.slice(0, firstChars));
  const body = h('pre', { class: 'sent', tabindex: '0' }, shown);
  if (text.length > firstChars) {
    const more = h('button', { type: 'button', class: 'button secondary more' }, '…');
    more.addEventListener('click', () => {
      shown.appendData(text.slice(firstChars));
      more.remove();
    });
    body.append(more);
  }
  // Only the new question is open at first, since the user is about to send it.
  return h(
    'details',
    { class: 'message', open: index === all.length - 1 },
    h(
      'summary',
      {},
      icon('chevron'),
      h('span', {}, role),
      h('span', { class: 'quiet' }, text.length.toLocaleString(document.documentElement.lang)),
    ),
    body,
  );
}

export function historyList(entries: readonly HistoryEntryView[], host: OverlayHost): HTMLElement {
  const { strings } = host;
  if (entries.length === 0) {
    return overlay(strings.historyTitle, host, h('p', { class: 'overlay-summary' }, strings.historyEmpty));
  }
  const rows = entries.map((entry) => ({
    title: entry.title.toLowerCase(),
    element: historyRow(entry, host),
  }));
  const filter = h('input', {
    type: 'search',
    class: 'filter',
    placeholder: strings.historyFilter,
    'aria-label': strings.historyFilter,
    on: {
      input: () => {
        const wanted = filter.value.trim().toLowerCase();
        for (const { title, element } of rows) element.hidden = !title.includes(wanted);
      },
    },
  });
  const list = h('ul', { class: 'history' }, ...rows.map(({ element }) => element));
  return overlay(strings.historyTitle, host, filter, h('div', { class: 'overlay-scroll' }, list));
}

function historyRow(
  { id, title, when, answering, current }: HistoryEntryView,
  { strings, post, close }: OverlayHost,
): HTMLElement {
  const badge = answering ? strings.answering : current ? strings.current : undefined;
  const open = (): void => {
    close();
    post({ type: 'openConversation', id });
  };
  return h(
    'li',
    { class: 'history-row' },
    h(
      'button',
      {
        type: 'button',
        class: 'history-open',
        on: { click: open },
      },
      h('span', { class: 'history-title' }, title),
      h('span', { class: 'history-when' }, when),
      badge === undefined ? undefined : h('span', { class: 'badge' }, badge),
    ),
    button(fill(strings.deleteConversation, title), {
      icon: 'trash',
      press: () => post({ type: 'deleteConversation', id }),
    }),
  );
}
