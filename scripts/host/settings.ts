/** VS Code's user settings file: written before a start, without changing the user's own values. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export type Settings = Readonly<Record<string, unknown>>;

/** Settings for a workbench without questions and notices of its own. */
export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

const settingsFile = (userDataFolder: string): string => path.join(userDataFolder, 'User/settings.json');

export function writeSettings(userDataFolder: string, settings: Settings): void {
  const file = settingsFile(userDataFolder);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Undefined where the file exists but cannot be parsed; the caller leaves it to the user. */
export function readSettings(userDataFolder: string): Settings | undefined {
  const file = settingsFile(userDataFolder);
  if (!existsSync(file)) return {};
  // Settings may contain comments and trailing commas, which TypeScript's reader of tsconfig.json accepts.
  const { config, error } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8')) as {
    config?: unknown;
    error?: unknown;
  };
  if (error !== undefined || typeof config !== 'object' || config === null || Array.isArray(config))
    return undefined;
  return config as Settings;
}
