import type { Result } from '../../core/result.ts';
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint, PresetId, PresetTable } from '../settings/endpoint.ts';
import { parseSettings } from '../settings/index.ts';
import type { ListedModel } from './catalog.ts';

/** Servers with a port of their own; vLLM and LiteLLM use common ports. */
const LOCAL: readonly PresetId[] = ['ollama', 'lmstudio', 'llamacpp'];

export interface DetectedServer {
  readonly preset: PresetId;
  readonly models: number;
}

/** The local servers that answer now. Called only while set-up is open: PILOT probes nothing in the background. */
export async function detectLocal(
  presets: PresetTable,
  list: (endpoint: Endpoint) => Promise<Result<readonly ListedModel[], ProviderError>>,
): Promise<readonly DetectedServer[]> {
  const entries = LOCAL.map((preset) => ({ id: preset, preset }));
  const { endpoints } = parseSettings({ endpoints: entries, models: [] }, presets);
  const found = await Promise.all(
    endpoints.map(async (endpoint) => {
      const listed = await list(endpoint);
      const models = listed.ok ? listed.value.filter(({ embedding }) => !embedding).length : 0;
      return models > 0 ? [{ preset: endpoint.preset, models }] : [];
    }),
  );
  return found.flat();
}
