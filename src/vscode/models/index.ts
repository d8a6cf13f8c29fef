/** VS Code's own language models as PILOT's arms, where the user has added them. */
import * as vscode from 'vscode';
import { VSCODE_ENDPOINT_ID } from '../../app/chat/offer.ts';
import type { ModelClient } from '../../app/ports/models.ts';
import { Disposables } from '../kit/disposables.ts';
import { VscodeModels, type VscodeModelDeps } from './vscodeModels.ts';

export { VscodeModels } from './vscodeModels.ts';

/** The models, and the command with which the user chooses among them. */
export function registerVscodeModels(deps: VscodeModelDeps): VscodeModels {
  const models = new VscodeModels(deps);
  const commands = new Disposables();
  commands.add(
    vscode.commands.registerCommand('pilot.useVscodeModels', async () => {
      const { chooseVscodeModels } = await import('./choose.ts');
      await chooseVscodeModels(models);
    }),
  );
  models.own(commands);
  return models;
}

/** Sends requests of these arms to VS Code, and all others to their endpoints. */
export function withVscodeModels(models: VscodeModels, endpoints: ModelClient): ModelClient {
  return {
    chat: (request) =>
      request.arm.endpointId === VSCODE_ENDPOINT_ID ? models.client.chat(request) : endpoints.chat(request),
    complete: (request) =>
      request.arm.endpointId === VSCODE_ENDPOINT_ID
        ? models.client.complete(request)
        : endpoints.complete(request),
  };
}
