/** The entry of the Ask surface: commands and the restored panel. Everything else is loaded at first use. */
import * as vscode from 'vscode';
import type { ArmId } from '../../core/brand.ts';
import { panelType } from '../kit/panelType.ts';
import type { AskController } from './controller.ts';
import type { AskDeps } from './deps.ts';
import { object, parse, text } from '../../core/shape.ts';

export type { AskDeps } from './deps.ts';

export function registerAsk(deps: AskDeps): vscode.Disposable {
  let controller: Promise<AskController> | undefined;
  const load = (): Promise<AskController> =>
    (controller ??= import('./controller.ts').then((module) => new module.AskController(deps)));
  const command = (id: string, run: (ask: AskController, ...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => run(await load(), ...args));

  const registered = vscode.Disposable.from(
    command('pilot.ask', (ask, question) => ask.ask(typeof question === 'string' ? question : undefined)),
    command('pilot.askAboutSelection', (ask) => ask.ask()),
    command('pilot.newConversation', (ask) => ask.newConversation()),
    command('pilot.deleteConversations', (ask) => ask.deleteConversations()),
    command('pilot.retry', (ask, turnId) => ask.again({ type: 'auto' }, turnId)),
    command('pilot.askAnother', (ask, turnId) => ask.again('pick', turnId)),
    command('pilot.askFree', (ask, armId, turnId) =>
      ask.again(typeof armId === 'string' ? { type: 'arm', armId: armId as ArmId } : 'pick', turnId),
    ),
    command('pilot.acceptChange', (ask, uri) =>
      ask.acceptProposal(uri instanceof vscode.Uri ? uri : undefined),
    ),
    command('pilot.discardChange', (ask, uri) =>
      ask.discardProposal(uri instanceof vscode.Uri ? uri : undefined),
    ),
    vscode.window.registerWebviewPanelSerializer(panelType('ask'), {
      deserializeWebviewPanel: async (panel, state) => (await load()).restore(panel, conversationIdOf(state)),
    }),
  );
  return new vscode.Disposable(() => {
    registered.dispose();
    void controller?.then((loaded) => loaded.dispose());
  });
}

const conversationIdOf = (state: unknown): string | undefined =>
  parse(object({ conversationId: text(100) }), state)?.conversationId;
