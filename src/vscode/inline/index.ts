/** Creates the inline completions; the composition root calls only this. Nothing runs in Restricted Mode. */
import * as vscode from 'vscode';
import { InlineCompleter } from '../../app/inline/completer.ts';
import { followExclusions } from '../../app/inline/exclusion.ts';
import { OutcomeTracker } from '../../app/inline/outcomeTracker.ts';
import type { InlineLearning, Timers } from '../../app/inline/ports.ts';
import type { Clock, Log } from '../../app/ports/environment.ts';
import type { Problem } from '../../app/call/problem.ts';
import type { Completion } from '../../app/call/routedCompletion.ts';
import type { Arm } from '../../core/arm.ts';
import { chooseFormat } from '../../core/inline/fim/infer.ts';
import type { ChosenFormat } from '../../core/inline/fim/infer.ts';
import { LocalModelHost } from '../../providers/localModel/host.ts';
import { Disposables } from '../kit/disposables.ts';
import { watchForClash } from './clash.ts';
import { registerCommands } from './commands.ts';
import { Indexer } from './indexer.ts';
import { listenToEditor } from './listener.ts';
import { KeptBaseline } from './keptBaseline.ts';
import { showPaidItem } from './paidItem.ts';
import { InlineProvider } from './provider.ts';
import { RecentContext } from './recentContext.ts';
import { InlineSettingsReader } from '../settings/inlineSettings.ts';
import type { Settings } from '../settings/settings.ts';

export interface InlineHostDeps {
  readonly settings: Settings;
  readonly engine: Completion;
  readonly learning: InlineLearning;
  /** Includes LOCAL_ARM. */
  readonly arms: () => readonly Arm[];
  /** Host name of the arm's endpoint; '' = none. */
  readonly endpointHost: (arm: Arm) => string;
  /** Whether that endpoint has text completions besides chat. */
  readonly hasCompletions: (arm: Arm) => boolean;
  /** dist/localModelWorker.js. */
  readonly localWorkerPath: string;
  readonly globalState: vscode.Memento;
  readonly clock: Clock;
  readonly log: Log;
  /** Called for a failed request; the user is typing, so the same problem may be shown once only. */
  readonly onProblem: (problem: Problem) => void;
}

/** Five million tokens, and room for later edits; about 150 MB in the worker when full. */
const MAX_LOCAL_TOKENS = 6_000_000;
/** For `when` clauses: whether the shown suggestion is PILOT's, as far as VS Code's API tells. */
const VISIBLE_KEY = 'pilot.inline.visible';

export function registerInline(deps: InlineHostDeps): vscode.Disposable {
  const parts = new Disposables();
  const start = (): void => void parts.add(new Inline(deps));
  if (vscode.workspace.isTrusted) start();
  else parts.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
  return new vscode.Disposable(() => parts.dispose());
}

class Inline implements vscode.Disposable {
  readonly #parts = new Disposables();
  readonly #settings: InlineSettingsReader;
  readonly #tracker: OutcomeTracker;
  readonly #completer: InlineCompleter;
  readonly #host: LocalModelHost;
  readonly #deps: InlineHostDeps;
  readonly #isExcluded: (path: string) => boolean;
  readonly #timers = this.#parts.add(new HostTimers());
  #indexer: Indexer | undefined;
  #wasVisible = false;

  constructor(deps: InlineHostDeps) {
    this.#deps = deps;
    const add = this.#parts.add.bind(this.#parts);
    this.#settings = add(new InlineSettingsReader(deps.settings));
    this.#host = add(
      new LocalModelHost({ workerPath: deps.localWorkerPath, maxTokens: MAX_LOCAL_TOKENS, log: deps.log }),
    );
    this.#isExcluded = followExclusions(() => this.#settings.get().excludedFiles);
    const recent = add(new RecentContext(this.#isExcluded));
    const common = {
      now: () => deps.clock.now(),
      timers: this.#timers,
      log: deps.log,
      learning: deps.learning,
    };
    this.#completer = new InlineCompleter({
      ...common,
      engine: deps.engine,
      local: this.#host,
      settings: () => this.#settings.get(),
      arms: deps.arms,
      formatOf: this.#formatOf,
      context: (documentId) => recent.near(documentId),
      onProblem: deps.onProblem,
    });
    this.#tracker = new OutcomeTracker({
      ...common,
      readText,
      baseline: add(new KeptBaseline(deps.globalState)),
      onVerdict: ({ arm }, { kind }) => deps.log.info(`Inline, ${arm.label}: ${kind}`),
    });
    this.#register();
  }

  readonly #formatOf = (arm: Arm): ChosenFormat =>
    chooseFormat(
      arm.capabilities.fim,
      arm.model,
      this.#deps.endpointHost(arm),
      this.#deps.hasCompletions(arm),
    );

  dispose(): void {
    this.#completer.stop();
    this.#indexer?.dispose();
    this.#parts.dispose();
  }

  #register(): void {
    const add = this.#parts.add.bind(this.#parts);
    const shared = { completer: this.#completer, tracker: this.#tracker, settings: this.#settings };
    const onVisibility = (): void => this.#tellVisibility();
    add(registerCommands({ ...shared, onVisibility }));
    add(listenToEditor({ ...shared, onVisibility }));
    add(showPaidItem({ settings: this.#settings, arms: this.#deps.arms, formatOf: this.#formatOf }));
    add(watchForClash(this.#settings, this.#deps.globalState, { timers: this.#timers, log: this.#deps.log }));
    const provider = new InlineProvider({ ...shared, log: this.#deps.log, onShown: onVisibility });
    add(vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider));
    add(this.#settings.onDidChange(() => this.#follow()));
    add(vscode.commands.registerCommand('pilot.inline.reindex', () => this.#indexer?.indexAll()));
    this.#follow();
  }

  /**
   * Follows the settings: with completions off, running requests end, their sockets close, and the index is dropped.
   */
  #follow(): void {
    const { enabled, local } = this.#settings.get();
    this.#completer.stop();
    if (enabled && local) {
      this.#indexer ??= new Indexer({
        host: this.#host,
        timers: this.#timers,
        excluded: () => this.#settings.get().excludedFiles,
        isExcluded: this.#isExcluded,
        log: this.#deps.log,
      });
    } else {
      this.#indexer?.dispose();
      this.#indexer = undefined;
    }
  }

  #tellVisibility(): void {
    const isVisible = this.#tracker.visible !== undefined;
    if (isVisible === this.#wasVisible) return;
    this.#wasVisible = isVisible;
    void vscode.commands.executeCommand('setContext', VISIBLE_KEY, isVisible);
  }
}

/** Timers that end with the extension. */
class HostTimers implements Timers, vscode.Disposable {
  readonly #running = new Set<NodeJS.Timeout>();

  after(ms: number, action: () => void): vscode.Disposable {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      action();
    }, ms);
    this.#running.add(timer);
    return new vscode.Disposable(() => {
      clearTimeout(timer);
      this.#running.delete(timer);
    });
  }

  dispose(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}

function readText(documentId: string, start: number, end: number): string | undefined {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === documentId);
  if (document === undefined) return undefined;
  return document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end)));
}
