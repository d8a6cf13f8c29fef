import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import { maskKeys } from '../../app/settings/redact.ts';

const longestLine = 2_000;

/** Masks keys in all log lines, whatever an error message contains. */
const line = (text: string): string => maskKeys(text).slice(0, longestLine);

/** VS Code's own log channel, with its levels, files and the "Show Log" command. */
export function outputLog(channel: vscode.LogOutputChannel): Log {
  return {
    info: (message) => channel.info(line(message)),
    warn: (message) => channel.warn(line(message)),
    error: (message, error) =>
      channel.error(line(error === undefined ? message : `${message}: ${describe(error)}`)),
  };
}

export const openLogChannel = (): vscode.LogOutputChannel =>
  vscode.window.createOutputChannel('PILOT', { log: true });

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (caused by ${describe(error.cause)})`;
  return `${error.stack ?? error.message}${cause}`;
}
