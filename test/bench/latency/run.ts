/**
 * `npm run bench:latency [-- --prompts 100] [--json OUT]`: time to the first token through PILOT (features, decision, a
 * committed reservation, the openai client), compared with a direct request over the same loopback. Both alternate
 * within one run, since machines are noisy: the figure is the difference.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chatCall } from '../../../src/app/call/call.ts';
import { askOrder, testEngine, type TestEngine } from '../../fakes/engine.ts';
import { startModelServer } from '../../fakes/modelServer.ts';

const { values } = parseArgs({
  options: { prompts: { type: 'string', default: '100' }, json: { type: 'string' } },
});
const prompts = Number(values.prompts);
const warmUp = 10;
const model = {
  id: 'practice',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 4 },
  contextTokens: 32_000,
  maxOutputTokens: 1_000,
  pace: { firstTokenMs: 30, tokenMs: 1 },
};

const server = await startModelServer({ models: [model] });
const engine = await testEngine({
  endpoints: [{ id: 'practice', preset: 'custom', baseUrl: server.url, outputCapCoversReasoning: true }],
  models: [{ endpoint: 'practice', model: model.id, ...model }],
  monthlyUsd: 100,
});
try {
  const direct: number[] = [];
  const routed: number[] = [];
  for (let i = -warmUp; i < prompts; i++) {
    const question = `Question ${i}: ${'what does this function do? '.repeat(70)}`;
    const own = await firstByteDirect(question);
    const through = await firstTextThrough(engine, question);
    if (i < 0) continue;
    direct.push(own);
    routed.push(through);
  }
  const added = routed.map((ms, i) => ms - (direct[i] ?? 0));
  const result = {
    prompts,
    endpointP50Ms: quantile(direct, 0.5),
    throughP50Ms: quantile(routed, 0.5),
    addedP50Ms: quantile(added, 0.5),
    addedP90Ms: quantile(added, 0.9),
  };
  console.log(JSON.stringify(result, null, 2));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, null, 2));
} finally {
  await engine.close();
  await server.close();
}

/** Milliseconds from sending to the first chunk that carries text. */
async function firstByteDirect(question: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: model.id,
      messages: [{ role: 'user', content: question }],
      max_tokens: 20,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  let first: number | undefined;
  let seen = '';
  const decoder = new TextDecoder();
  if (!response.body) throw new Error('No body');
  for await (const chunk of response.body) {
    seen += decoder.decode(chunk as Uint8Array, { stream: true });
    if (first === undefined && /"content":"[^"]/.test(seen)) first = performance.now() - began;
  }
  if (first === undefined) throw new Error(`The endpoint sent no text: ${seen.slice(0, 300)}`);
  return first;
}

async function firstTextThrough({ completion }: TestEngine, question: string): Promise<number> {
  const began = performance.now();
  let first: number | undefined;
  const call = chatCall({ messages: [{ role: 'user', content: question }], outputCap: 20 });
  for await (const event of completion.run(askOrder(question, { call }))) {
    if (event.type === 'text') first ??= performance.now() - began;
    if (event.type === 'failed') throw new Error(JSON.stringify(event.problem));
  }
  if (first === undefined) throw new Error('No text came');
  return first;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(2));
}
