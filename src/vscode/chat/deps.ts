import type * as vscode from 'vscode';
import type { Completion } from '../../app/chat/answer.ts';
import type { Preview } from '../../app/call/preview.ts';
import type { RoutingRequest } from '../../app/call/routing.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { Arm } from '../../core/arm.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { Decision, OutcomeKind } from '../../core/decision.ts';
import type { PausedThumb } from '../words/pausedThumb.ts';

export interface ChatCompletion extends Completion {
  outcome(decisionId: DecisionId, kind: OutcomeKind): Promise<void>;
}

/** The dependencies of PILOT in VS Code's Chat, from the composition root. */
export interface ChatDeps {
  /** Built for the first prompt; activation and the model picker do not need it. */
  readonly completion: () => Promise<ChatCompletion>;
  /** The likely choice for a request and its price, without a request; undefined = no model can answer it. */
  readonly preview: (request: RoutingRequest) => Promise<Preview | undefined>;
  readonly models: { readonly arms: readonly Arm[]; readonly onDidChange: vscode.Event<unknown> };
  /** Shows the running answer and the decision behind it. */
  readonly status: { think(): () => void; set lastDecision(decision: Decision) };
  readonly pausedThumb: PausedThumb;
  readonly log: Log;
}
