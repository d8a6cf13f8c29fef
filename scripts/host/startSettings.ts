/** The user settings that `npm start` writes for its own VS Code: only those that the user has not set. */
import { practiceEndpoint, practiceEndpointId, practiceSettings } from '../../test/fakes/practiceModels.ts';
import { ollamaEndpoint } from './ollama.ts';
import { type Settings, quietSettings, readSettings, writeSettings } from './settings.ts';

export interface StartSettings {
  readonly practiceUrl: string;
  readonly ollama: boolean;
}

/** False where the settings file cannot be parsed; it then stays unchanged. */
export function prepareSettings(userDataFolder: string, options: StartSettings): boolean {
  const found = readSettings(userDataFolder);
  if (found === undefined) return false;
  const wanted = withStartSettings(found, options);
  // Written only if something changes, since comments in the file would be lost.
  if (JSON.stringify(wanted) !== JSON.stringify(found)) writeSettings(userDataFolder, wanted);
  return true;
}

export function withStartSettings(found: Settings, { practiceUrl, ollama }: StartSettings): Settings {
  const defaults: Settings = {
    ...quietSettings,
    // The sample workspace's README lists what to try.
    'workbench.startupEditor': 'readme',
    // The sample workspace is part of this repository.
    'security.workspace.trust.enabled': false,
    ...practiceSettings(practiceUrl),
  };
  const settings = { ...found };
  for (const [key, value] of Object.entries(defaults)) settings[key] ??= value;
  settings['pilot.endpoints'] = withEndpoints(settings['pilot.endpoints'], practiceUrl, ollama);
  return settings;
}

/** Updates the practice server's port, which may have changed since the last start; all else stays. */
function withEndpoints(value: unknown, practiceUrl: string, ollama: boolean): unknown {
  if (!Array.isArray(value)) return value;
  const idOf = (endpoint: unknown): unknown =>
    typeof endpoint === 'object' && endpoint !== null && 'id' in endpoint ? endpoint.id : undefined;
  const endpoints = (value as readonly unknown[]).map((endpoint) =>
    idOf(endpoint) === practiceEndpointId
      ? { ...practiceEndpoint(practiceUrl), ...(endpoint as object), baseUrl: practiceUrl }
      : endpoint,
  );
  if (ollama && !endpoints.some((endpoint) => idOf(endpoint) === ollamaEndpoint.id))
    endpoints.push(ollamaEndpoint);
  return endpoints;
}
