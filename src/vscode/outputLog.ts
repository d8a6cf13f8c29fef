import * as vscode from 'vscode';
import type { Log } from '../app/ports.ts';

/** Strings that look like a key or a bearer token; kept out of the log whatever an error message carries. */
const secretLike = /\b(?:sk|pk|key|rk|gsk|AIza|xai|hf)[-_A-Za-z0-9]{12,}|Bearer\s+[^\s"']+/g;
const longestLine = 2_000;

export const redact = (text: string): string => text.replace(secretLike, '[redacted]').slice(0, longestLine);

/** VS Code's own log channel: levels, files and the "Show Log" command come with it. */
export function outputLog(channel: vscode.LogOutputChannel): Log {
  return {
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
    error: (message, error) =>
      channel.error(redact(error === undefined ? message : `${message}: ${describe(error)}`)),
  };
}

export const openLogChannel = (): vscode.LogOutputChannel =>
  vscode.window.createOutputChannel('PILOT', { log: true });

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (caused by ${describe(error.cause)})`;
  return `${error.stack ?? error.message}${cause}`;
}
