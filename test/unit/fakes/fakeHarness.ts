/** A fake model server and the real client, newly started for each test. */
import assert from 'node:assert/strict';
import OpenAI, { type ClientOptions } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources';
import {
  type FakeModel,
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from '../../fakes/modelServer.ts';

export const model: FakeModel = {
  id: 'small',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
  contextTokens: 400,
  maxOutputTokens: 100,
  embeddingDimensions: 32,
};

export const messages = [{ role: 'user' as const, content: 'How do I add two numbers?' }];

/** Loosely typed: the client's types mark the name as deprecated that most endpoints still accept. */
const capped: object = { max_tokens: 50 };

/** Runs from before each test to after it. */
export class Fake {
  #server: ModelServer | undefined;
  /** The real client, connected. */
  #client: OpenAI | undefined;

  get server(): ModelServer {
    assert.ok(this.#server, 'only inside a test');
    return this.#server;
  }

  get client(): OpenAI {
    assert.ok(this.#client, 'only inside a test');
    return this.#client;
  }

  /** Restarts with a server or a client with these options. */
  async start(options: Partial<ModelServerOptions> = {}): Promise<void> {
    await this.stop();
    this.#server = await startModelServer({ models: [model], ...options });
    this.connect();
  }

  connect(options: ClientOptions = {}): void {
    const defaults = { apiKey: 'sk-test', maxRetries: 0, timeout: 2_000, logLevel: 'off' } as const;
    this.#client = new OpenAI({ baseURL: this.server.url, ...defaults, ...options });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Streams one answer with the real client. */
  async chat(body: object = {}): Promise<{ text: string; chunks: readonly ChatCompletionChunk[] }> {
    const stream = await this.client.chat.completions.create({
      model: 'small',
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...capped,
      ...body,
    });
    const chunks: ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), chunks };
  }

  /** Sends an unchanged body. */
  async post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.server.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

export function useFake(): Fake {
  const fake = new Fake();
  beforeEach(() => fake.start());
  afterEach(() => fake.stop());
  return fake;
}
