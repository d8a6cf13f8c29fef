import type { Log } from '../../../../src/app/ports/environment.ts';
import type { ModelStream, ProviderError, StreamEvent } from '../../../../src/app/ports/models.ts';
import type { Endpoint } from '../../../../src/app/settings/index.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import { armId } from '../../../../src/core/brand.ts';
import type { FakeModel } from '../../../fakes/modelServer.ts';

export const fakeModel: FakeModel = {
  id: 'small',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
  contextTokens: 4000,
  maxOutputTokens: 1000,
};

export const armOf = (endpointId: string, model = fakeModel.id, changes: Partial<Arm> = {}): Arm => ({
  id: armId(endpointId, model),
  endpointId,
  model,
  label: model,
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
  contextTokens: 4000,
  maxOutputTokens: 1000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'auto' },
  simulated: true,
  ...changes,
});

export const endpointAt = (baseUrl: string, changes: Partial<Endpoint> = {}): Endpoint => ({
  id: 'fake',
  preset: 'custom',
  label: 'Fake',
  baseUrl,
  needsKey: false,
  apiKeyEnv: undefined,
  headers: {},
  acceptsStreamOptions: true,
  promptTokensIncludeCached: true,
  protocol: 'chat',
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  stopsWhenClosed: 'no',
  simulated: true,
  timeouts: { firstByteMs: 5000, idleMs: 5000, totalMs: 20_000 },
  ...changes,
});

/** Keeps the log, so a test can search it. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string, error?: unknown): void {
    this.lines.push(`${message} ${String(error)}`);
  }
}

export interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly events: readonly StreamEvent[];
  readonly done: Extract<StreamEvent, { type: 'done' }> | undefined;
  readonly failure: ProviderError | undefined;
}

export async function collect(stream: ModelStream): Promise<Outcome> {
  const events: StreamEvent[] = [];
  for await (const event of stream.events) events.push(event);
  const textOf = (type: 'text' | 'reasoning') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    events,
    done: events.find((event) => event.type === 'done'),
    failure: await stream.failure,
  };
}
