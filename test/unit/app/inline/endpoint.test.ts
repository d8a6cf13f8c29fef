/**
 * The inline use case against a misbehaving endpoint, through the real router, ledger and client: nothing wrong is
 * shown, nothing throws, and no money stays reserved.
 */
import assert from 'node:assert/strict';
import { InlineCompleter } from '../../../../src/app/inline/completer.ts';
import type { Completed } from '../../../../src/app/inline/completer.ts';
import type { InlineRequest } from '../../../../src/app/inline/request.ts';
import type { Problem } from '../../../../src/app/call/problem.ts';
import { chooseFormat } from '../../../../src/core/inline/fim/infer.ts';
import { inlineCall } from '../../../../src/app/inline/request.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type Misbehaviour, type ModelServer } from '../../../fakes/modelServer.ts';
import { at } from '../../core/inline/fimCase.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const model = { id: 'coder', price, contextTokens: 8_000, maxOutputTokens: 4_000 };
/** Long enough to cancel before the first word. */
const pace = { firstTokenMs: 50, tokenMs: 0 };
const SAID = 'a + b; // “größer” 👍';

describe('inline completions from an endpoint', () => {
  let server: ModelServer;
  let engine: TestEngine;
  let completer: InlineCompleter;
  const problems: Problem[] = [];
  const errors: unknown[] = [];

  before(async () => {
    server = await startModelServer({ models: [{ ...model, pace, answer: () => SAID }] });
  });
  after(() => server.close());
  beforeEach(async () => {
    problems.length = 0;
    errors.length = 0;
    const timeouts = { firstByteMs: 500, idleMs: 500, totalMs: 5_000 };
    engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'custom', baseUrl: server.url, needsKey: false, timeouts }],
      models: [{ endpoint: 'fake', model: 'coder', ...model, capabilities: { fim: 'suffix' } }],
      monthlyUsd: 1,
    });
    completer = new InlineCompleter({
      now: () => Date.now(),
      timers: {
        after: (ms, action) => {
          const timer = setTimeout(action, ms);
          return { dispose: () => clearTimeout(timer) };
        },
      },
      log: { info: ignore, warn: ignore, error: (_message, error) => errors.push(error) },
      engine: engine.completion,
      learning: engine.learning,
      local: { complete: () => Promise.resolve(undefined) },
      settings: () => SETTINGS,
      arms: engine.arms,
      formatOf: (arm) => chooseFormat(arm.capabilities.fim, arm.model, '127.0.0.1'),
      context: () => [],
      onProblem: (problem) => problems.push(problem),
    });
    completer.typed(40);
  });
  afterEach(async () => {
    completer.stop();
    await server.idle();
    await engine.completion.settled();
    assert.equal(engine.store.ledger.summary().reserved, 0, 'nothing stays reserved');
    assert.deepEqual(errors, []);
    await engine.close();
  });

  const ask = (marked: string, signal = new AbortController().signal): Promise<Completed> =>
    completer.complete({ ...REQUEST, cursor: at(marked) }, signal);
  const textOf = ({ suggestions }: Completed): string | undefined => suggestions[0]?.text;

  it('shows what the model says', async () => {
    assert.equal(textOf(await ask('const sum = <|fim|>\n')), SAID);
    assert.deepEqual(problems, []);
  });

  it('reserves the price of a line, although the endpoint’s chat may think beyond its cap', async () => {
    await ask('const sum = <|fim|>\n');
    await engine.completion.settled();
    const page = await engine.store.log.read(0, 10);
    const decision = page.flatMap((entry) => (entry.type === 'decision' ? [entry.decision] : []))[0];
    const quoted = decision?.arms.find(({ armId }) => armId === decision.chosen)?.quote;
    const wholeAnswer = model.maxOutputTokens * price.outputUsdPerMTok * 1e3;
    assert.ok(quoted && quoted.worstCase < wholeAnswer / 10, String(quoted?.worstCase));
  });

  const shown: readonly (readonly [string, Misbehaviour, string | undefined])[] = [
    ['half a character at a time', { kind: 'split-utf8' }, `😀${SAID}`],
    ['events torn apart', { kind: 'torn-events' }, SAID],
    ['compressed', { kind: 'gzip' }, SAID],
    ['without usage', { kind: 'no-usage' }, SAID],
    ['nothing', { kind: 'empty-stream' }, undefined],
    ['no body', { kind: 'empty-body' }, undefined],
    ['no answer', { kind: 'no-answer' }, undefined],
    ['what is no JSON', { kind: 'not-json' }, undefined],
    ['bytes that are no text', { kind: 'invalid-utf8' }, undefined],
    ['the prompt back', { kind: 'echo-prompt' }, undefined],
    ['the same words without end', { kind: 'endless' }, undefined],
    ['nothing for too long', { kind: 'silent-before-headers' }, undefined],
    ['a page of HTML', { kind: 'html' }, undefined],
    ['a refusal', { kind: 'no-credit' }, undefined],
  ];
  for (const [name, misbehaviour, expected] of shown) {
    it(`that sends ${name}`, async () => {
      server.next(misbehaviour);
      assert.equal(textOf(await ask('const sum = <|fim|>\n')), expected);
    });
  }

  it('that ends in the middle shows no half line as if it were whole', async () => {
    server.next({ kind: 'reset-mid-stream', afterTokens: 2 });
    assert.equal(textOf(await ask('const sum = <|fim|>\n')), undefined);
  });

  it('that goes on after the cancellation: nothing shown, and what it may bill is kept apart', async () => {
    server.next({ kind: 'serves-on-after-close' });
    const aborter = new AbortController();
    const asked = ask('const sum = <|fim|>\n', aborter.signal);
    await until(() => server.requests.at(-1)?.misbehaviour?.kind === 'serves-on-after-close');
    aborter.abort();
    completer.stop('doc');
    assert.deepEqual((await asked).suggestions, []);
    await server.idle();
    await engine.completion.settled();
    const { settled, heldBack } = engine.store.ledger.summary();
    assert.ok(settled + heldBack >= (server.requests.at(-1)?.billedNanoUsd ?? Infinity));
  });

  it('that is told to stop when the line is there, and is not paid for more', async () => {
    server.next({ kind: 'endless' });
    await ask('const sum = <|fim|>\n');
    await server.idle();
    assert.equal(server.requests.at(-1)?.clientClosed, true);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const ignore = (): void => undefined;

const SETTINGS = {
  enabled: true,
  languages: { '*': true },
  excludedFiles: [],
  paid: true,
  local: false,
  multiline: 'auto',
  latencyTargetMs: 20_000,
  contextTokens: 1000,
  debounceMs: { min: 0, max: 0 },
} as const;

const REQUEST: Omit<InlineRequest, 'cursor'> = {
  documentId: 'doc',
  path: 'src/a.ts',
  languageId: 'typescript',
  scheme: 'file',
  cursors: 1,
  tabSize: 2,
  insertSpaces: true,
  explicit: false,
  selected: undefined,
};

describe('inline completions from an endpoint of Messages', () => {
  it('are asked for by a chat prompt, which such an endpoint takes', async () => {
    const claude = { ...model, id: 'claude-sonnet-4-5', contextTokens: 60_000 };
    const said = '<COMPLETION>a + b;</COMPLETION>';
    const server = await startModelServer({ models: [{ ...claude, answer: () => said }] });
    const engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'anthropic', baseUrl: server.url, needsKey: false }],
      models: [{ endpoint: 'fake', model: claude.id, ...claude, effort: 2048 }],
      monthlyUsd: 1,
      key: 'k',
    });
    try {
      const call = inlineCall({
        cursor: at('const sum = <|fim|>\n'),
        path: 'a.ts',
        languageId: 'typescript',
        multiline: false,
        contextTokens: 2_000,
        localText: '',
        context: [],
        formatOf: (arm) => fimFormat(chooseFormat('auto', `codestral ${arm.model}`, '127.0.0.1', false).id),
      });
      const events = await collect(
        engine.completion.run(askOrder('', { surface: 'inline', purpose: 'inline', call })),
      );
      assert.equal(events.at(-1)?.type, 'ended', JSON.stringify(events.at(-1)));
      assert.equal(events.map((event) => (event.type === 'text' ? event.text : '')).join(''), said);
      const { path, body } = server.requests.at(-1)!;
      assert.equal(path, '/v1/messages');
      // Its cap has no room for a reasoning budget, so that none is sent.
      assert.ok(!('thinking' in (body as object)));
    } finally {
      await engine.close();
      await server.close();
    }
  });
});
