import assert from 'node:assert/strict';
import { answerChat, toolInput, type ChatEnd } from '../../../../src/app/chat/answer.ts';
import { endsAtCallersCap, orderOfTurns, outputCapOf } from '../../../../src/app/chat/order.ts';
import type { ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import type { Problem } from '../../../../src/app/call/problem.ts';
import type { CompletionEvent } from '../../../../src/app/call/routedCompletion.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import type { Decision } from '../../../../src/core/decision.ts';

const arm = { id: 'here/a', label: 'A' } as unknown as Arm;
const decision = { id: 'd1', chosen: 'here/a' } as unknown as Decision;
const routed: CompletionEvent = { type: 'routed', decision, arm };
const ended: CompletionEvent = {
  type: 'ended',
  costNano: 5 as NanoUsd,
  costSource: 'reported',
  leftNano: undefined,
  finish: 'stop',
  usage: undefined,
};
const toolCall = (input: string): CompletionEvent => ({
  type: 'tool-call',
  call: { id: 'c1', name: 'read', input },
});
const providerFailure = (kind: ProviderErrorKind): Problem => ({
  kind: 'provider',
  arm,
  error: { kind, served: 'maybe', status: undefined, retryAfterMs: undefined, detail: '' },
  partial: false,
});

async function run(
  events: readonly CompletionEvent[],
  abort?: AbortController,
): Promise<{ end: ChatEnd; seen: string[]; read: number }> {
  const seen: string[] = [];
  let read = 0;
  const order = orderOfTurns({
    turns: [],
    tools: [],
    toolChoice: 'auto',
    outputCap: undefined,
    languageId: '',
    conversationId: 'c',
    choice: { type: 'auto' },
    signal: abort?.signal ?? new AbortController().signal,
  });
  const completion = {
    // eslint-disable-next-line @typescript-eslint/require-await
    async *run() {
      for (const event of events) {
        yield event;
        read += 1;
      }
    },
  };
  const end = await answerChat(completion, order, {
    routed: ({ arm: by }) => seen.push(`by ${by.label}`),
    text: (text) => seen.push(text),
    toolCall: ({ name, input }) => seen.push(`${name} ${JSON.stringify(input)}`),
  });
  return { end, seen, read };
}

describe('answerChat', () => {
  it('hands on text and tool calls as they come, and tells who answered at what cost', async () => {
    const { end, seen } = await run([
      routed,
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'hello' },
      toolCall('{"path":"a"}'),
      ended,
    ]);
    assert.deepEqual(seen, ['by A', 'hello', 'read {"path":"a"}']);
    assert.deepEqual(end, { kind: 'answered', route: { decision, arm }, ended });
  });

  it('reads the stream to its end past a call it cannot hand on, so that the bill is known', async () => {
    const { end, seen, read } = await run([routed, toolCall('{"path":'), toolCall('{}'), ended]);
    assert.deepEqual(seen, ['by A', 'read {}']);
    assert.deepEqual(end, { kind: 'bad-tool-call', route: { decision, arm }, tool: 'read' });
    assert.equal(read, 4);
  });

  it('tells a failure with its problem, before and after the routing', async () => {
    const problem = providerFailure('server-error');
    assert.deepEqual((await run([{ type: 'failed', problem: { kind: 'no-models' } }])).end, {
      kind: 'failed',
      route: undefined,
      problem: { kind: 'no-models' },
    });
    assert.equal((await run([routed, { type: 'failed', problem }])).end.kind, 'failed');
  });

  it('calls a stopped answer stopped, however the endpoint took it', async () => {
    const cancelled = await run([routed, { type: 'failed', problem: providerFailure('cancelled') }]);
    assert.equal(cancelled.end.kind, 'cancelled');
    const abort = new AbortController();
    abort.abort();
    assert.equal(
      (await run([routed, { type: 'failed', problem: providerFailure('reset') }], abort)).end.kind,
      'cancelled',
    );
    assert.equal((await run([routed, ended], abort)).end.kind, 'cancelled');
  });

  it('does not take a stream without an end for an answer', async () => {
    const { end } = await run([routed, { type: 'text', text: 'half' }]);
    assert.equal(end.kind === 'failed' && end.problem.kind, 'internal');
  });
});

describe('toolInput', () => {
  const check = (input: string, expected: object | undefined): void =>
    assert.deepEqual(toolInput({ id: '', name: '', input }), expected, input);

  it('is an object or nothing', () => {
    check('{"a":[1]}', { a: [1] });
    check('', {});
    check(' \n', {});
    for (const bad of ['{', '[1]', '3', 'null', '"text"']) check(bad, undefined);
  });
});

describe('outputCapOf', () => {
  it('takes a positive whole number under either name', () => {
    assert.equal(outputCapOf({ max_tokens: 100 }), 100);
    assert.equal(outputCapOf({ maxTokens: 7 }), 7);
    for (const bad of [
      undefined,
      {},
      { max_tokens: '9' },
      { max_tokens: -1 },
      { max_tokens: NaN },
      { max_tokens: 1.5 },
    ])
      assert.equal(outputCapOf(bad), undefined);
  });
});

describe('orderOfTurns', () => {
  const cap = (outputCap: number | undefined) =>
    orderOfTurns({
      turns: [],
      tools: [],
      toolChoice: 'auto',
      outputCap,
      languageId: '',
      conversationId: 'c',
      choice: { type: 'auto' },
      signal: new AbortController().signal,
    }).call;

  it('never reserves a model’s whole output limit: as much as an agent’s turn needs, unless told', () => {
    assert.deepEqual([cap(undefined).outputCap, cap(undefined).purpose], [undefined, 'turn']);
    assert.equal(cap(300).outputCap, 300);
    assert.equal(cap(60_000).outputCap, 60_000);
  });
});

describe('endsAtCallersCap', () => {
  const none = { input: 9, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
  const used = (output: number, reasoning = 0) => ({
    incomplete: 'length' as const,
    usage: { tokens: { ...none, output, reasoning }, reportedUsd: undefined },
  });

  it('holds where the caller set a cap and the answer used it up, its reasoning counted', () => {
    assert.ok(endsAtCallersCap(used(20), 20));
    assert.ok(endsAtCallersCap(used(5, 15), 20));
    assert.ok(endsAtCallersCap({ incomplete: 'length', usage: undefined }, 20));
  });

  it('does not hold where PILOT or the model set a smaller one, or something else ended the answer', () => {
    assert.ok(!endsAtCallersCap(used(20), undefined));
    assert.ok(!endsAtCallersCap(used(20), 4_000));
    assert.ok(!endsAtCallersCap({ ...used(20), incomplete: 'content-filter' }, 20));
    assert.ok(!endsAtCallersCap({ ...used(20), incomplete: undefined }, 20));
  });
});
