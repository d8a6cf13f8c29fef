/**
 * Inputs from public reports, as data under inputs/KIND: a small reconstruction of what an endpoint sent, with a line
 * that names the report. They go over HTTP from a real server through the real client.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatMessage, ChatRequest, ModelClient, ModelStream } from '../../../../src/app/ports/models.ts';
import type { FimPrompt } from '../../../../src/core/inline/fim/format.ts';
import { createModelClient } from '../../../fakes/modelClient.ts';
import { MemoryLog, armOf, collect, endpointAt, type Outcome } from '../openai/harness.ts';

export interface Input {
  readonly name: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly question: string;
  readonly model: string;
}

interface Stored {
  readonly origin: string;
  readonly status?: number;
  readonly body?: unknown;
  readonly usage?: unknown;
  readonly chunk?: unknown;
  readonly question?: string;
  readonly model?: string;
}

/** `owner/repository#number: its statement in our words`. */
const ORIGIN = /^[\w.-]+\/[\w.-]+#\d+: \S.{9,}$/;
const SSE_ORIGIN = /^: origin: (.*)\n/;

export function inputsOf(kind: string): readonly Input[] {
  const folder = new URL(`./inputs/${kind}/`, import.meta.url);
  return readdirSync(folder).map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const name = file.replace(/\.\w+$/, '');
    const common = { name, status: 200, type: 'text/event-stream', question: 'Hello?', model: 'small' };
    if (file.endsWith('.sse')) {
      assert.match(SSE_ORIGIN.exec(text)?.[1] ?? '', ORIGIN, file);
      return { ...common, body: text.replace(SSE_ORIGIN, '') };
    }
    const { origin, usage, chunk, body, ...rest } = JSON.parse(text) as Stored;
    assert.match(origin, ORIGIN, file);
    const sent = usage || chunk ? answerWith(chunk ?? { choices: [], usage }) : body;
    const asText = typeof sent === 'string' ? sent : JSON.stringify(sent);
    const type = asText.startsWith('{') ? 'application/json' : common.type;
    return { ...common, type, ...rest, body: asText };
  });
}

/** About twelve tokens, and the last chunk of the input unchanged. */
const answerWith = (last: unknown): string =>
  [
    { choices: [{ index: 0, delta: { role: 'assistant', content: 'Sort it.' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    last,
  ]
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join('') + 'data: [DONE]\n\n';

export class ReportServer {
  readonly requests: unknown[] = [];
  readonly #server: Server;
  #next: { readonly input: Input; readonly pieces: readonly Buffer[] } | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        this.requests.push(JSON.parse(Buffer.concat(parts).toString('utf8')));
        const { input, pieces } = this.#next ?? assert.fail('No input was set.');
        response.writeHead(input.status, { 'content-type': input.type });
        const write = (at: number): void => {
          const piece = pieces[at];
          if (piece === undefined) response.end();
          else response.write(piece, () => setImmediate(() => write(at + 1)));
        };
        write(0);
      });
    });
  }

  static async start(): Promise<ReportServer> {
    const made = new ReportServer();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Requests the input, which arrives in pieces of this many bytes. */
  ask(input: Input, size = Infinity, history: readonly ChatMessage[] = []): Promise<Outcome> {
    const messages: ChatMessage[] = [{ role: 'user', content: input.question }, ...history];
    return this.#send(input, size, (client, request) => client.chat({ ...request, messages }));
  }

  /** Requests the text between the two. */
  complete(input: Input, size: number, { prompt, suffix, stop }: FimPrompt): Promise<Outcome> {
    return this.#send(input, size, (client, request) =>
      client.complete({ ...request, prompt, suffix, stop, api: 'completions' }),
    );
  }

  async #send(
    input: Input,
    size: number,
    open: (client: ModelClient, request: Pick<ChatRequest, 'arm' | 'outputCap' | 'signal'>) => ModelStream,
  ): Promise<Outcome> {
    const body = Buffer.from(input.body);
    const pieces: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) pieces.push(body.subarray(at, at + size));
    this.#next = { input, pieces };
    const endpoint = endpointAt(this.url);
    const log = new MemoryLog();
    const client = createModelClient({ endpoint, key: () => Promise.resolve(undefined), log });
    const { signal } = new AbortController();
    return collect(open(client, { arm: armOf(endpoint.id, input.model), outputCap: 500, signal }));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** One test for each input; each input has an expectation, and each expectation an input. */
export function eachInput<Expected>(
  kind: string,
  expectations: Readonly<Record<string, Expected>>,
  check: (server: ReportServer, input: Input, expected: Expected) => Promise<void>,
): void {
  const inputs = inputsOf(kind);
  let server: ReportServer;
  before(async () => {
    server = await ReportServer.start();
  });
  after(() => server.close());
  it('has an expectation for each input', () => {
    assert.deepEqual(inputs.map(({ name }) => name).sort(), Object.keys(expectations).sort());
  });
  for (const input of inputs) {
    const expected = expectations[input.name];
    if (expected !== undefined) it(input.name, () => check(server, input, expected));
  }
}
