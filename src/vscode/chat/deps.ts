import type * as vscode from 'vscode';
import type { Completion } from '../../app/call/routedCompletion.ts';
import type { Preview } from '../../app/call/preview.ts';
import type { RoutingRequest } from '../../app/call/routing.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { Arm } from '../../core/arm.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { PlainOutcome } from '../../core/learning/reward.ts';
import type { PausedThumb } from '../words/pausedThumb.ts';

/** The dependencies of PILOT in VS Code's Chat, from the composition root. */
export interface ChatDeps {
  readonly completion: Completion;
  readonly learning: { outcome(decisionId: DecisionId, kind: PlainOutcome): Promise<void> };
  /** The likely choice for a request and its price, without a request; undefined = no model can answer it. */
  readonly preview: (request: RoutingRequest) => Promise<Preview | undefined>;
  readonly models: { readonly arms: readonly Arm[]; readonly onDidChange: vscode.Event<unknown> };
  readonly pausedThumb: PausedThumb;
  readonly log: Log;
}
