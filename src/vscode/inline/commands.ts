/** The commands behind Tab, Esc, next word and next line; each runs VS Code's own command, and records it. */
import * as vscode from 'vscode';
import type { InlineCompleter } from '../../app/inline/completer.ts';
import type { OutcomeTracker } from '../../app/inline/outcomeTracker.ts';
import type { DecisionId } from '../../core/brand.ts';
import { opensBlock } from '../../core/inline/languages.ts';
import { indentOf } from '../../core/inline/cursorText.ts';
import { showInformation } from '../kit/notify.ts';
import { requestAt } from './documentView.ts';
import { ACCEPTED_COMMAND } from './provider.ts';
import type { InlineSettingsReader } from '../settings/inlineSettings.ts';

/** Milliseconds for which the status bar shows the state after a switch. */
const STATE_SHOWN_MS = 4_000;

export interface CommandDeps {
  readonly completer: InlineCompleter;
  readonly tracker: OutcomeTracker;
  readonly settings: InlineSettingsReader;
  readonly onVisibility: () => void;
}

export function registerCommands(deps: CommandDeps): vscode.Disposable {
  const { tracker, completer, settings, onVisibility } = deps;
  const register = vscode.commands.registerCommand;
  const own = vscode.commands.executeCommand;
  const part = (command: string) => async (): Promise<void> => {
    tracker.expectPartial();
    await own(command);
  };
  return vscode.Disposable.from(
    register(ACCEPTED_COMMAND, (id: unknown) => accepted(deps, id)),
    register('pilot.inline.hide', async () => {
      const offer = tracker.escaped();
      if (offer !== undefined) completer.rejected(offer.decisionId);
      onVisibility();
      await own('editor.action.inlineSuggest.hide');
    }),
    register('pilot.inline.acceptNextWord', part('editor.action.inlineSuggest.acceptNextWord')),
    register('pilot.inline.acceptNextLine', part('editor.action.inlineSuggest.acceptNextLine')),
    register('pilot.inline.trigger', () => suggest(settings)),
    register('pilot.inline.toggle', () => toggle(settings, 'enabled')),
    register('pilot.inline.togglePaid', () => toggle(settings, 'paid')),
  );
}

/** Changes the setting and shows the new state in the status bar for a few seconds. */
async function toggle(settings: InlineSettingsReader, key: 'enabled' | 'paid'): Promise<void> {
  const { t } = vscode.l10n;
  const isOn = !settings.get()[key];
  await settings.set(key, isOn);
  const texts = {
    enabled: [t('Inline completions are off.'), t('Inline completions are on.')],
    paid: [t('Paid inline completions are off.'), t('Paid inline completions are on.')],
  } as const;
  vscode.window.setStatusBarMessage(texts[key][isOn ? 1 : 0], STATE_SHOWN_MS);
}

/** Without a message, the command would seem broken while completions are off. */
async function suggest(settings: InlineSettingsReader): Promise<void> {
  const { t } = vscode.l10n;
  if (!settings.get().enabled) {
    const turnOn = t('Turn On');
    if ((await showInformation(t('Inline completions are off.'), turnOn)) !== turnOn) return;
    await settings.set('enabled', true);
  }
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
}

function accepted({ tracker, completer, onVisibility }: CommandDeps, id: unknown): void {
  const editor = vscode.window.activeTextEditor;
  if (typeof id !== 'string' || editor === undefined) return;
  const { document, selection } = editor;
  const offer = tracker.accepted(id as DecisionId, document.offsetAt(selection.active));
  onVisibility();
  if (offer === undefined) return;
  completer.accepted(document.uri.toString(), offer);
  const next = nextLine(document, selection.active);
  if (next !== undefined) void completer.prefetch(next);
}

/** The cursor after Enter, when the accepted text ends its line; requested while the user reads. */
function nextLine(
  document: vscode.TextDocument,
  position: vscode.Position,
): ReturnType<typeof requestAt> | undefined {
  const line = document.lineAt(position.line).text;
  if (line.slice(position.character).trim() !== '') return undefined;
  const here = requestAt(document, position, {
    triggerKind: vscode.InlineCompletionTriggerKind.Automatic,
    selectedCompletionInfo: undefined,
  });
  const unit = here.insertSpaces ? ' '.repeat(here.tabSize) : '\t';
  const indent = indentOf(line) + (opensBlock(line, document.languageId) ? unit : '');
  return { ...here, cursor: { ...here.cursor, prefix: `${here.cursor.prefix}\n${indent}` } };
}
