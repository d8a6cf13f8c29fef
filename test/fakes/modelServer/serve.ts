/** Generates one answer, correctly or with the requested misbehavior. */
import { setTimeout as sleep } from 'node:timers/promises';
import { contextLengthExceeded, serverError } from './apiError.ts';
import type { Generation } from './generation.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { defaultAnswer, wholeText } from './model.ts';
import type { Sink } from './sink.ts';
import { tokenize } from './tokens.ts';
import type { FakeToolCall } from './toolCalls.ts';
import { type Events, type FinishReason, type Wire, type WireUsage, wireOf } from './wire.ts';

/** What was actually served, counted while it is sent. */
export interface Meter {
  outputTokens: number;
  reasoningTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  costUsd(): number;
}

interface Plan {
  readonly reasoning: readonly string[];
  /** Pieces of text, or of the called tool's arguments. */
  readonly answer: Iterable<string>;
  readonly tool?: string;
  readonly finish: FinishReason;
}

const hugeBytes = 10 * 1024 * 1024;
/** An endless answer ends after this many tokens even if the client does not close. */
const endlessTokens = 500_000;
const defaultAfterTokens = 3;

export async function serve(
  generation: Generation,
  id: string,
  sink: Sink,
  meter: Meter,
  misbehaviour: Misbehaviour | undefined,
): Promise<void> {
  if (misbehaviour?.kind === 'context-length-exceeded') {
    const error = contextLengthExceeded(
      generation.model.contextTokens,
      generation.inputTokens + generation.cap,
    );
    return sink.json(error.status, { error: error.error });
  }
  const plan = planAnswer(generation, misbehaviour);
  const wire = wireOf(generation, id);
  const call = { generation, wire, plan, sink, meter, misbehaviour };
  await (generation.stream ? serveStream(call) : serveWhole(call));
}

interface Call {
  readonly generation: Generation;
  readonly wire: Wire;
  readonly plan: Plan;
  readonly sink: Sink;
  readonly meter: Meter;
  readonly misbehaviour: Misbehaviour | undefined;
}

async function serveStream(call: Call): Promise<void> {
  const { generation, wire, plan, sink, meter, misbehaviour } = call;
  const { firstTokenMs, tokenMs } = paceOf(call);
  sink.openStream();
  if (misbehaviour?.kind === 'not-json')
    await sink.event(
      '{"choices": [{"delta": {"content": "Hel',
      wire.named ? 'content_block_delta' : undefined,
    );
  if (misbehaviour?.kind === 'empty-body') return sink.end();
  if (misbehaviour?.kind === 'empty-stream') return endStream(call);
  const opening = wire.opening();
  if (opening !== undefined) await send(call, opening);
  await paused(call, firstTokenMs);

  for (const text of plan.reasoning) {
    if (isGivenUp(call)) return;
    meter.reasoningTokens++;
    meter.outputTokens++;
    const event = generation.model.reasoning?.shown === true ? wire.reasoning(text) : undefined;
    if (event !== undefined) await send(call, event);
    await paused(call, tokenMs);
  }
  if (plan.tool !== undefined && wire.tool !== undefined) {
    meter.outputTokens += tokenize(plan.tool).length;
    await send(call, wire.tool.opening(plan.tool));
  }
  let position = 0;
  for (const text of plan.answer) {
    if (isGivenUp(call)) return;
    if (await breaksOff(call, position)) return;
    meter.outputTokens++;
    await writeText(call, text, position);
    await paused(call, tokenMs);
    position++;
  }
  if (await breaksOff(call, Infinity)) return;
  const usage = reportedUsage(call);
  await send(call, wire.closing(plan.finish, usage));
  const usageEvent = usage === undefined ? undefined : wire.usage(usage);
  if (usageEvent !== undefined) await sink.event(usageEvent);
  await endStream(call);
}

/** Whether the client has closed and the work ends: at once, or after the time for which it continues. */
function isGivenUp({ sink, misbehaviour }: Call): boolean {
  if (sink.closedAt === undefined) return false;
  if (misbehaviour?.kind !== 'serves-on-after-close') return true;
  return performance.now() - sink.closedAt >= (misbehaviour.forMs ?? Infinity);
}

/** A provider that continues for a time does so at its own pace; one that continues to the end does not wait. */
async function paused(call: Call, ms: number): Promise<void> {
  const { sink, misbehaviour } = call;
  await sink.pause(ms);
  const goesOn = misbehaviour?.kind === 'serves-on-after-close' && misbehaviour.forMs !== undefined;
  if (sink.closed && goesOn && !isGivenUp(call)) await sleep(ms);
}

async function serveWhole(call: Call): Promise<void> {
  const { generation, wire, plan, sink, meter, misbehaviour } = call;
  if (misbehaviour?.kind === 'empty-body') return sink.page(200, 'application/json', '');
  if (misbehaviour?.kind === 'not-json') return sink.page(200, 'application/json', '{"choices": [{"mess');
  const answer = [...plan.answer];
  const { firstTokenMs, tokenMs } = paceOf(call);
  meter.reasoningTokens = plan.reasoning.length;
  meter.outputTokens = plan.reasoning.length + answer.length;
  await sink.pause(firstTokenMs + tokenMs * meter.outputTokens);
  if (await breaksOff(call, Infinity)) return;
  const reasoning = generation.model.reasoning?.shown === true ? plan.reasoning.join('') : undefined;
  const body = wire.whole(answer.join(''), reasoning, plan.finish, reportedUsage(call));
  if (misbehaviour?.kind === 'invalid-utf8') {
    return sink.page(200, 'application/json', withInvalidBytes(JSON.stringify(body)));
  }
  await sink.json(200, body);
}

/** Sends the events of one step, named where the protocol has names. */
async function send({ wire, sink }: Pick<Call, 'wire' | 'sink'>, events: Events): Promise<void> {
  for (const event of [events].flat()) await sink.event(event, nameOf(wire, event));
}

const nameOf = (wire: Wire, event: object): string | undefined =>
  wire.named === true && 'type' in event ? String(event.type) : undefined;

const asSent = (wire: Wire, events: Events): string =>
  [events]
    .flat()
    .map((event: object) => {
      const name = nameOf(wire, event);
      return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(event)}\n\n`;
    })
    .join('');

async function endStream({ wire, sink }: Call): Promise<void> {
  if (wire.end !== undefined) await sink.event(wire.end);
  await sink.end();
}

/** True when the call ended here; at the end of the answer `position` is infinite. */
async function breaksOff({ wire, sink, misbehaviour }: Call, position: number): Promise<boolean> {
  switch (misbehaviour?.kind) {
    case 'reset-mid-stream':
    case 'silent-mid-stream':
    case 'cut-off':
    case 'error-in-stream':
      if (position < (misbehaviour.afterTokens ?? defaultAfterTokens)) return false;
      break;
    default:
      return false;
  }
  // The text so far must arrive: a reset drops what still waits in the buffers.
  await sink.pause(20);
  if (misbehaviour.kind === 'reset-mid-stream') sink.reset();
  else if (misbehaviour.kind === 'silent-mid-stream') await sink.untilClosed();
  else {
    if (misbehaviour.kind === 'error-in-stream') await sendError(wire, sink);
    await sink.end();
  }
  return true;
}

function sendError(wire: Wire, sink: Sink): Promise<void> {
  const { error } = serverError(502);
  return wire.error === undefined
    ? sink.event({ error: { ...error, code: 502 } })
    : sink.event(wire.error(error), 'error');
}

async function writeText(call: Call, text: string, position: number): Promise<void> {
  const { wire, plan, sink, misbehaviour } = call;
  if (plan.tool !== undefined && wire.tool !== undefined) {
    await send(call, wire.tool.arguments(text));
  } else if (position === 0 && misbehaviour?.kind === 'invalid-utf8') {
    await sink.raw(withInvalidBytes(asSent(wire, wire.text(`${invalidMark}${text}`))));
  } else if (position === 0 && misbehaviour?.kind === 'split-utf8') {
    const bytes = Buffer.from(asSent(wire, wire.text(`${splitCharacter}${text}`)));
    const middle = bytes.indexOf(Buffer.from(splitCharacter)) + 2;
    await sink.raw(bytes.subarray(0, middle), bytes.subarray(middle));
  } else {
    await send(call, wire.text(text));
  }
}

/** Four bytes in UTF-8, cut after the second. */
export const splitCharacter = '😀';
const invalidMark = '@@';

function withInvalidBytes(json: string): Uint8Array {
  const bytes = Buffer.from(json);
  const at = bytes.indexOf(invalidMark);
  const from = at < 0 ? bytes.indexOf('content":"') + 10 : at;
  bytes[from] = 0xff;
  bytes[from + 1] = 0xc3;
  return bytes;
}

function planAnswer(generation: Generation, misbehaviour: Misbehaviour | undefined): Plan {
  const reasoning = tokenize(generation.model.reasoning?.text ?? '');
  const room =
    generation.model.reasoning?.insideCap === true ? generation.cap - reasoning.length : generation.cap;
  switch (misbehaviour?.kind) {
    case 'no-answer':
      return { reasoning: [], answer: [], finish: 'stop' };
    case 'huge':
      return { reasoning: [], answer: huge(misbehaviour.bytes ?? hugeBytes), finish: 'stop' };
    case 'endless':
      return { reasoning: [], answer: repeated(endlessTokens), finish: 'length' };
    case 'ignores-cap':
      return { reasoning: [], answer: repeated(misbehaviour.tokens), finish: 'stop' };
    default: {
      const { prompt, model } = generation;
      const called = misbehaviour === undefined ? calledTool(generation) : undefined;
      // Where the protocol returns reasoning, the model reasons before it calls.
      const before = generation.protocol === 'chat' ? [] : reasoning;
      if (called !== undefined) return planCall(called, room, before);
      const text =
        misbehaviour?.kind === 'echo-prompt' ? wholeText(prompt) : (model.answer ?? defaultAnswer)(prompt);
      const tokens = tokenize(cutAtStop(text, generation.stop));
      const answer = tokens.slice(0, Math.max(0, room));
      return {
        reasoning: reasoning.slice(
          0,
          generation.model.reasoning?.insideCap === true ? generation.cap : undefined,
        ),
        answer,
        finish: answer.length < tokens.length ? 'length' : 'stop',
      };
    }
  }
}

/** Only streams carry calls: PILOT requests tools only with streaming. */
function calledTool({ model, prompt, stream }: Generation): FakeToolCall | undefined {
  if (prompt.kind !== 'chat' || !stream || !prompt.tools?.length) return undefined;
  return model.toolCall?.(prompt);
}

function planCall({ name, input }: FakeToolCall, room: number, reasoning: readonly string[]): Plan {
  const tokens = tokenize(JSON.stringify(input));
  const answer = tokens.slice(0, Math.max(0, room));
  const finish = answer.length < tokens.length ? 'length' : 'tool_calls';
  return { reasoning, answer, tool: name, finish };
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const ends = stops.filter((stop) => stop !== '').map((stop) => text.indexOf(stop));
  return text.slice(0, Math.min(text.length, ...ends.filter((end) => end >= 0)));
}

function* huge(bytes: number): Generator<string> {
  const line = 'x'.repeat(64 * 1024 - 1);
  for (let left = bytes; left > 0; left -= line.length + 1) yield `${line.slice(0, left - 1)}\n`;
}

function* repeated(count: number): Generator<string> {
  const words = tokenize('and so on ');
  for (let i = 0; i < count; i++) yield words[i % words.length] ?? ' ';
}

function paceOf({ generation, misbehaviour }: Call): { firstTokenMs: number; tokenMs: number } {
  if (misbehaviour?.kind === 'slow') return { firstTokenMs: 0, ...misbehaviour };
  return generation.model.pace ?? { firstTokenMs: 0, tokenMs: 0 };
}

/** Costs as gateways report them where they do not know the price, or bill in another currency. */
function reportedCost(usd: number, misbehaviour: Misbehaviour | undefined): object {
  switch (misbehaviour?.kind === 'cost' ? misbehaviour.reported : undefined) {
    case 'zero':
      return { cost: 0 };
    case 'own-key-unknown':
      return { cost: usd / 20, is_byok: true, cost_details: { upstream_inference_cost: null } };
    case 'foreign':
      return { cost: usd / 100, currency: 'EUR' };
    default:
      return { cost: usd };
  }
}

/** The usage that the endpoint reports: true, unless the misbehavior concerns it. */
function reportedUsage({ generation, meter, misbehaviour }: Call): WireUsage | undefined {
  if (misbehaviour?.kind === 'no-usage') return undefined;
  const lie = misbehaviour?.kind === 'usage' ? misbehaviour.reported : undefined;
  const bend = (truth: number): number => {
    if (lie === 'too-high') return truth * 3;
    if (lie === 'too-low') return Math.floor(truth / 4);
    return lie === 'negative' ? -truth : truth;
  };
  const input = bend(generation.inputTokens);
  const output = lie === 'above-cap' ? generation.cap + 500 : bend(meter.outputTokens);
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: meter.cachedTokens,
      ...(meter.cacheWriteTokens > 0 && { cache_write_tokens: meter.cacheWriteTokens }),
    },
    completion_tokens_details: { reasoning_tokens: meter.reasoningTokens },
    ...(generation.includeCost ? reportedCost(meter.costUsd(), misbehaviour) : {}),
  };
  // JSON has no NaN; such bugs of providers arrive as null or as words.
  return lie === 'not-a-number'
    ? ({ ...usage, prompt_tokens: 'NaN', completion_tokens: null } as never)
    : usage;
}
