import * as vscode from 'vscode';

/**
 * Writes to the user's settings, never a workspace's. Endpoints first, since a model without its endpoint would be a
 * problem.
 */
export async function writeSettings(endpoints: unknown, models: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('pilot');
  await writeEndpoints(endpoints);
  await configuration.update('models', models, vscode.ConfigurationTarget.Global);
}

export const writeEndpoints = (endpoints: unknown): Thenable<void> =>
  vscode.workspace
    .getConfiguration('pilot')
    .update('endpoints', endpoints, vscode.ConfigurationTarget.Global);
