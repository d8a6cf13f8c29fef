/** Refusals by name: of an effort, a protocol, the state beside tool calls. Through the whole engine. */
import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import type { ArmId } from '../../../../src/core/brand.ts';
import type { ChatMessage } from '../../../../src/app/ports/models.ts';
import { OpaqueMemory } from '../../../../src/app/chat/opaqueMemory.ts';
import { orderOfTurns } from '../../../../src/app/chat/order.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type FakeModel, type ModelServer } from '../../../fakes/modelServer.ts';

const model: FakeModel = {
  id: 'thinker',
  price: { inputUsdPerMTok: 3, outputUsdPerMTok: 15 },
  contextTokens: 200_000,
  maxOutputTokens: 8_000,
  reasoning: { text: 'So. ', shown: true, insideCap: true },
  efforts: ['low', 'medium', 'budget'],
};
const plain: FakeModel = { ...model, id: 'plain', efforts: [] };
const tool = { name: 'read', description: '', inputSchema: undefined };

describe('refusals', () => {
  let server: ModelServer;
  let engine: TestEngine;
  const passedOver: string[] = [];
  const open = async (
    protocol: string,
    models: readonly object[],
    server: ModelServer,
  ): Promise<TestEngine> => {
    passedOver.length = 0;
    return testEngine({
      endpoints: [{ id: 'e', preset: 'openai', baseUrl: server.url, protocol, needsKey: false }],
      models: models.map((entry) => ({
        endpoint: 'e',
        price: model.price,
        contextTokens: 200_000,
        maxOutputTokens: 8_000,
        outputCapField: 'max_tokens',
        capabilities: { tools: true },
        ...entry,
      })),
      levels: { 'thinker@xhigh': 0.9, 'thinker@low': 0.5 },
      monthlyUsd: 5,
      key: 'k',
      onPassedOver: (arm, error) => passedOver.push(`${arm.id} ${error.kind}`),
    });
  };
  const posts = (): number => server.requests.filter(({ method }) => method === 'POST').length;
  const run = (choice: 'auto' | ArmId = 'auto') =>
    collect(
      engine.completion.run(
        askOrder('Why?', {
          call: chatCall({ messages: [{ role: 'user', content: 'Why?' }], outputCap: 4_096 }),
          ...(choice !== 'auto' && { choice: { type: 'arm', armId: choice } }),
        }),
      ),
    );

  beforeEach(async () => {
    server = await startModelServer({ models: [model, plain] });
  });
  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  for (const protocol of ['chat', 'responses', 'messages'] as const) {
    it(`${protocol}: a refused effort is not billed, not tried again, and its arm not chosen again`, async () => {
      const id = protocol === 'messages' ? 'plain' : 'thinker';
      const effort = protocol === 'messages' ? 2048 : 'xhigh';
      engine = await open(protocol, [{ model: id, effort }], server);
      const arm = engine.arms()[0]!.id;
      const events = await run();
      const failed = events.find((event) => event.type === 'failed');
      assert.ok(failed?.type === 'failed' && failed.problem.kind === 'provider', JSON.stringify(events));
      assert.equal(failed.problem.error.kind, 'effort-refused', failed.problem.error.detail);
      assert.equal(posts(), 1);
      const { settled, reserved, heldBack } = engine.store.ledger.summary();
      assert.deepEqual([settled, reserved, heldBack], [0, 0, 0]);
      const [again] = await run();
      assert.ok(again?.type === 'failed' && again.problem.kind === 'none-usable', JSON.stringify(again));
      assert.equal(again.problem.reasons[0]?.reason, 'effort-refused');
      assert.equal(posts(), 1);
      // The user may try by hand, and PILOT tries after a change of the settings.
      await run(arm);
      assert.equal(posts(), 2);
      engine.health.reset();
      await run();
      assert.equal(posts(), 3);
    });
  }

  it('where PILOT chooses, another arm answers, and what was passed over is said once', async () => {
    engine = await open('responses', [{ model: 'thinker', effort: 'xhigh' }, { model: 'thinker', effort: 'low' }], server); // prettier-ignore
    for (let n = 0; n < 4; n++) {
      const events = await run();
      assert.equal(events.at(-1)?.type, 'ended', JSON.stringify(events.at(-1)));
    }
    assert.deepEqual(passedOver, ['e/thinker@xhigh effort-refused']);
    assert.equal(posts(), 5);
  });

  it('an endpoint without /responses says so, and the address that was asked', async () => {
    await server.close();
    server = await startModelServer({ models: [model], lacks: ['/v1/responses'] });
    engine = await open('responses', [{ model: 'thinker', effort: 'low' }], server);
    const failed = (await run()).at(-1);
    assert.ok(failed?.type === 'failed' && failed.problem.kind === 'provider');
    const { kind, served, address, status } = failed.problem.error;
    assert.deepEqual([kind, served, address, status], ['no-responses', 'no', server.url, 404]);
  });

  describe('state that no longer validates', () => {
    const conversation = (state: unknown): ChatMessage[] => [
      { role: 'user', content: 'What is in a.ts?' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'c1', name: 'read', input: '{"path":"a.ts"}', opaque: { armId: 'e/thinker', data: state } },
        ],
      },
      { role: 'tool', toolCallId: 'c1', content: 'export const a = 1;' },
    ];
    const ask = (messages: readonly ChatMessage[], tools = [tool]) => {
      const call = chatCall({ messages, outputCap: 200, tools });
      return collect(engine.completion.run(askOrder('What is in a.ts?', { call })));
    };
    const states = {
      responses: { reasoning: [{ id: 'r1', summary: [], encrypted_content: 'c3RhbGU=' }] },
      messages: { thinking: [{ type: 'thinking', thinking: 'Hm.', signature: 'stale' }] },
    };

    for (const protocol of ['responses', 'messages'] as const) {
      it(`${protocol}: the conversation goes on without it, once, and says so`, async () => {
        engine = await open(protocol, [{ model: 'thinker' }], server);
        const events = await ask(conversation(states[protocol]));
        const routed = events.filter((event) => event.type === 'routed');
        assert.deepEqual(
          routed.map(({ withoutState }) => withoutState),
          [undefined, true],
        );
        assert.equal(events.at(-1)?.type, 'ended', JSON.stringify(events.at(-1)));
        assert.equal(posts(), 2);
        const sent = server.requests.at(-1)?.rawBody ?? '';
        assert.ok(sent.includes('export const a = 1;') && sent.includes('Called read with'), sent);
        assert.doesNotMatch(sent, /signature|encrypted_content":|tool_use_id|call_id/);
        const entries = await engine.store.usage.entries(0, 10);
        assert.deepEqual(
          entries.map(({ state }) => state).sort(),
          ['settled', 'void'],
          'the refused request is not billed',
        );
      });
    }

    it('what was refused goes as text in the turns after it, so that nothing is refused twice', () => {
      const memory = new OpaqueMemory();
      memory.keep({ id: 'c1', opaque: { armId: 'e/thinker', data: states.messages } });
      memory.refused(['c1']);
      const order = orderOfTurns({
        turns: memory.recall([
          { role: 'user', parts: [{ type: 'text', text: 'What is in a.ts?' }] },
          { role: 'assistant', parts: [{ type: 'tool-call', call: { id: 'c1', name: 'read', input: '{}' } }] },
          { role: 'user', parts: [{ type: 'tool-result', callId: 'c1', content: [{ type: 'text', text: 'A' }] }] },
          { role: 'assistant', parts: [{ type: 'tool-call', call: { id: 'c2', name: 'read', input: '{}' } }] },
          { role: 'user', parts: [{ type: 'tool-result', callId: 'c2', content: [{ type: 'text', text: 'B' }] }] },
        ]), // prettier-ignore
        isRefused: (id) => memory.isRefused(id),
        tools: [tool],
        toolChoice: 'auto',
        outputCap: undefined,
        languageId: '',
        conversationId: 'k',
        choice: { type: 'auto' },
        signal: new AbortController().signal,
      });
      assert.ok(order.call.withoutState?.(), 'the second call is whole');
      let sent: readonly ChatMessage[] = [];
      const client = {
        chat: ({ messages }: { messages: readonly ChatMessage[] }) => {
          sent = messages;
          return { events: (async function* () {})(), failure: Promise.resolve(undefined) };
        },
      };
      order.call.open(client as never, {} as never, { outputCap: 1 }, new AbortController().signal);
      assert.deepEqual(
        sent.map(({ role, content }) => [role, content]),
        [
          ['user', 'What is in a.ts?'],
          ['assistant', 'Called read with {}'],
          ['user', 'Result of read:\nA'],
          ['assistant', ''],
          ['tool', 'B'],
        ],
      );
    });
  });
});
