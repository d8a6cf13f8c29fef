const address = 'http://127.0.0.1:11434';

/** The models of an Ollama on this machine; empty where none answers. */
export async function findOllamaModels(): Promise<readonly string[]> {
  try {
    const reply = await fetch(`${address}/api/tags`, { signal: AbortSignal.timeout(500) });
    const body = (await reply.json()) as { readonly models?: readonly { readonly name?: unknown }[] } | null;
    return (body?.models ?? []).map(({ name }) => String(name));
  } catch {
    return [];
  }
}

export const ollamaEndpoint = { id: 'ollama', preset: 'ollama', baseUrl: `${address}/v1` } as const;
