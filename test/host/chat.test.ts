/** PILOT's models through `vscode.lm`, as VS Code's Chat and other extensions use them, down to the practice server. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PausedThumb } from '../../src/vscode/words/pausedThumb.ts';
import type { ChatRequest, ModelStream, StreamEvent } from '../../src/app/ports/models.ts';
import { vscodeArm } from '../../src/app/chat/vscodeModels.ts';
import { toTurn } from '../../src/vscode/chat/convert.ts';
import { registerChat, type ChatHost } from '../../src/vscode/chat/index.ts';
import { vscodeModelClient } from '../../src/vscode/models/client.ts';
import type { ModelServer } from '../fakes/modelServer.ts';
import { practiceSettings, startPracticeServer } from '../fakes/practiceModels.ts';

const { User, Assistant } = {
  User: (content: Parameters<typeof vscode.LanguageModelChatMessage.User>[0]) =>
    vscode.LanguageModelChatMessage.User(content),
  Assistant: (content: Parameters<typeof vscode.LanguageModelChatMessage.Assistant>[0]) =>
    vscode.LanguageModelChatMessage.Assistant(content),
};
const listDir: vscode.LanguageModelChatTool = {
  name: 'list_dir',
  description: 'Lists a directory.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

async function configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [key, value] of Object.entries(settings))
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

async function until<T>(what: string, look: () => Thenable<T | undefined> | T | undefined): Promise<T> {
  for (let i = 0; i < 100; i++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`Waited in vain for ${what}`);
}

const modelOf = (id: string): Promise<vscode.LanguageModelChat> =>
  until(`the model ${id}`, async () => (await vscode.lm.selectChatModels({ vendor: 'pilot', id }))[0]);

interface Heard {
  text: string;
  readonly calls: vscode.LanguageModelToolCallPart[];
}

async function hear({ stream }: vscode.LanguageModelChatResponse): Promise<Heard> {
  const heard: Heard = { text: '', calls: [] };
  for await (const part of stream) {
    if (part instanceof vscode.LanguageModelTextPart) heard.text += part.value;
    if (part instanceof vscode.LanguageModelToolCallPart) heard.calls.push(part);
  }
  return heard;
}

describe('PILOT in a host without VS Code’s chat', () => {
  const register = (host: ChatHost): { readonly errors: readonly string[] } => {
    const errors: string[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => errors.push(message),
    };
    const deps = {
      completion: { run: () => assert.fail('Nothing may ask') },
      learning: { outcome: () => Promise.reject(new Error('Nothing may be learned')) },
      preview: () => Promise.reject(new Error('Nothing may ask')),
      models: { arms: [], onDidChange: () => ({ dispose: () => undefined }) },
      pausedThumb: new PausedThumb({ learningPaused: false, setLearningPaused: () => Promise.resolve() }),
      log,
    };
    registerChat(deps, host).dispose();
    return { errors };
  };

  it('registers nothing and says nothing', () => {
    assert.deepEqual(register({}).errors, []);
    assert.deepEqual(register({ lm: {}, chat: {} }).errors, []);
  });

  it('goes on where the host refuses, and logs why', () => {
    const refuse = (): never => {
      throw new Error('unknown contribution');
    };
    const { errors } = register({
      lm: { registerLanguageModelChatProvider: refuse },
      chat: { createChatParticipant: refuse },
    });
    assert.equal(errors.length, 2);
  });
});

describe('messages of VS Code’s chat', () => {
  const { LanguageModelDataPart, LanguageModelTextPart, LanguageModelToolResultPart } = vscode;
  const text = new LanguageModelTextPart('hello');
  const picture = LanguageModelDataPart.image(new Uint8Array([1, 2, 3]), 'image/png');
  const seen = { type: 'image', mediaType: 'image/png', base64: 'AQID' };
  const { Assistant: AssistantRole, User: UserRole } = vscode.LanguageModelChatMessageRole;
  const turnOf = (content: readonly unknown[], role = UserRole) => toTurn({ role, content, name: undefined });

  it('keep words and pictures, in messages and in results of tools', () => {
    assert.deepEqual(turnOf([text, picture]).parts, [{ type: 'text', text: 'hello' }, seen]);
    assert.deepEqual(turnOf([new LanguageModelToolResultPart('c', [picture, text])]).parts, [
      { type: 'tool-result', callId: 'c', content: [seen, { type: 'text', text: 'hello' }] },
    ]);
    const [json] = turnOf([LanguageModelDataPart.json({ a: 1 })]).parts;
    assert.deepEqual(json?.type === 'text' && JSON.parse(json.text), { a: 1 });
  });

  it('lose what no endpoint takes: marks for a cache, parts of another version', () => {
    const mark = new LanguageModelDataPart(new Uint8Array([1]), 'cache_control');
    assert.deepEqual(turnOf([mark, { value: 'a thought' }, undefined, text]).parts, [
      { type: 'text', text: 'hello' },
    ]);
  });

  it('give the text of a rendered prompt element', () => {
    const rendered = {
      node: { type: 1, children: [{ type: 2, text: 'one ' }, { children: [{ text: 'two' }] }] },
    };
    const result = new LanguageModelToolResultPart('c', [new vscode.LanguageModelPromptTsxPart(rendered)]);
    assert.deepEqual(turnOf([result]).parts, [
      { type: 'tool-result', callId: 'c', content: [{ type: 'text', text: 'one two' }] },
    ]);
  });

  it('are the user’s, the model’s, or instructions', () => {
    assert.equal(turnOf([]).role, 'user');
    assert.equal(turnOf([], AssistantRole).role, 'assistant');
    // The role of VS Code's own agent's instructions, which the stable typings lack.
    assert.equal(turnOf([], JSON.parse('3') as typeof UserRole).role, 'system');
  });
});

describe('PILOT as a language model of VS Code', () => {
  let server: ModelServer;
  before(async () => {
    server = await startPracticeServer({ pace: 0 });
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    await configure(practiceSettings(server.url));
  });
  after(async () => {
    await configure({ 'pilot.endpoints': undefined, 'pilot.models': undefined });
    await configure({ 'pilot.budget.monthlyLimitUsd': undefined });
    await server.close();
  });
  const ask = async (
    id: string,
    messages: vscode.LanguageModelChatMessage[],
    options: vscode.LanguageModelChatRequestOptions = {},
    token?: vscode.CancellationToken,
  ): Promise<Heard> => hear(await (await modelOf(id)).sendRequest(messages, options, token));

  it('offers Auto and each of the user’s models', async () => {
    const auto = await modelOf('auto');
    assert.equal(auto.name, 'PILOT Auto');
    assert.equal((await modelOf('practice/practice-swift')).name, 'Swift (simulated)');
    assert.ok(auto.maxInputTokens > 100_000);
  });

  it('follows the settings', async () => {
    const { 'pilot.models': models } = practiceSettings(server.url);
    await configure({ 'pilot.models': (models as unknown[]).slice(0, 1) });
    await until('Sage to go', async () => {
      const left = await vscode.lm.selectChatModels({ vendor: 'pilot', id: 'practice/practice-sage' });
      return left.length === 0 ? true : undefined;
    });
    await configure({ 'pilot.models': models });
    await modelOf('practice/practice-sage');
  });

  it('answers', async () => {
    const { text } = await ask('auto', [User('Explain `total` in Python')]);
    assert.match(text, /^\*Simulated answer by /);
  });

  it('asks the model that was chosen, and no other', async () => {
    await ask('practice/practice-scholar', [User('Explain `total` in Python')]);
    assert.equal(server.requests.at(-1)?.model, 'practice-scholar');
  });

  it('carries tool calls out and their results in', async () => {
    const question = User('List the directory /tmp/shop');
    const asked = await ask('auto', [question], { tools: [listDir] });
    const [call] = asked.calls;
    assert.ok(call);
    assert.equal(call.name, 'list_dir');
    assert.deepEqual(call.input, { path: '/tmp/shop' });
    const result = new vscode.LanguageModelToolResultPart(call.callId, [
      new vscode.LanguageModelTextPart('orders.ts\n'),
    ]);
    const answered = await ask('auto', [question, Assistant([call]), User([result])], { tools: [listDir] });
    assert.match(answered.text, /orders\.ts/);
    const [first, second] = server.requests.slice(-2);
    assert.equal(second?.model, first?.model, 'the loop stays with its model');
  });

  it('does not give tools to a model that cannot call them', async () => {
    const sent = server.requests.length;
    await assert.rejects(
      ask('practice/practice-swift', [User('List the directory')], { tools: [listDir] }),
      /Swift/,
    );
    assert.equal(server.requests.length, sent);
  });

  it('stops at the socket when VS Code stops', async () => {
    server.next({ kind: 'slow', tokenMs: 50 });
    const source = new vscode.CancellationTokenSource();
    const model = await modelOf('practice/practice-swift');
    const { stream } = await model.sendRequest([User('Go on and on')], {}, source.token);
    const reading = (async () => {
      for await (const part of stream) if (part instanceof vscode.LanguageModelTextPart) source.cancel();
    })().catch(() => undefined);
    await until('the server to see it', () => (server.requests.at(-1)?.clientClosed ? true : undefined));
    await reading;
  });

  it('says in one sentence what failed, under the code that callers look for', async () => {
    server.next({ kind: 'wrong-key' });
    const failure = await ask('practice/practice-swift', [User('Explain it')]).catch(
      (error: unknown) => error,
    );
    assert.ok(failure instanceof Error);
    assert.match(failure.message, /Swift \(simulated\) refused the key/);
    await configure({ 'pilot.budget.monthlyLimitUsd': 0 });
    const sent = server.requests.length;
    const stopped = await ask('auto', [User('Explain it')]).catch((error: unknown) => error);
    assert.ok(stopped instanceof Error);
    assert.match(stopped.message, /limit/);
    assert.equal(server.requests.length, sent);
    await configure({ 'pilot.budget.monthlyLimitUsd': 5 });
  });

  it('counts tokens, of texts and of messages', async () => {
    const auto = await modelOf('auto');
    assert.ok((await auto.countTokens('four words and more')) >= 4);
    assert.ok(
      (await auto.countTokens(User('four words and more'))) > (await auto.countTokens('four words and more')),
    );
  });

  // PILOT's own models take the place of another extension's here; outside this test they are never its arms.
  describe('and the other way round', () => {
    let model: vscode.LanguageModelChat;
    before(async () => (model = await modelOf('practice/practice-steady')));

    const arm = vscodeArm(
      {
        model: 'other/model',
        label: 'Other',
        price: undefined,
        maxOutputTokens: 1000,
        tools: true,
        images: false,
      },
      { name: 'Other', maxInputTokens: 10_000 },
    );
    const request = (change: Partial<ChatRequest>): ChatRequest => ({
      arm,
      messages: [{ role: 'user', content: 'Explain `total` in Python' }],
      outputCap: 1000,
      signal: new AbortController().signal,
      ...change,
    });
    const read = async ({ events, failure }: ModelStream) => {
      const seen: StreamEvent[] = [];
      for await (const event of events) seen.push(event);
      return { seen, failure: await failure };
    };
    const textOf = (events: readonly StreamEvent[]): string =>
      events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    const chat = (change: Partial<ChatRequest>) => read(vscodeModelClient(() => model).chat(request(change)));

    it('a model of VS Code answers as an arm', async () => {
      const { seen, failure } = await chat({});
      assert.equal(failure, undefined);
      assert.match(textOf(seen), /Simulated answer by Steady/);
      assert.equal(seen.at(-1)?.type, 'done');
    });

    it('calls tools and reads their results', async () => {
      const tools = [{ name: listDir.name, description: '', inputSchema: listDir.inputSchema }];
      const user = { role: 'user' as const, content: 'List the directory /tmp/shop' };
      const { seen } = await chat({ messages: [{ role: 'system', content: 'Be brief.' }, user], tools });
      const [called] = seen;
      assert.ok(called?.type === 'tool-call');
      assert.deepEqual(JSON.parse(called.call.input), { path: '/tmp/shop' });
      const messages = [
        user,
        { role: 'assistant' as const, content: '', toolCalls: [called.call] },
        { role: 'tool' as const, toolCallId: called.call.id, content: 'orders.ts' },
      ];
      const answered = await chat({ messages, tools });
      assert.match(textOf(answered.seen), /orders\.ts/);
    });

    it('is stopped through VS Code', async () => {
      server.next({ kind: 'slow', tokenMs: 50 });
      const abort = new AbortController();
      const { events, failure } = vscodeModelClient(() => model).chat(request({ signal: abort.signal }));
      for await (const event of events) if (event.type === 'text') abort.abort();
      assert.equal((await failure)?.kind, 'cancelled');
      await until('the server to see it', () => (server.requests.at(-1)?.clientClosed ? true : undefined));
    });

    it('tells its failure, and never throws', async () => {
      server.next({ kind: 'server-error', status: 500 });
      const { failure } = await chat({});
      assert.equal(failure?.served, 'maybe');
      const gone = await read(vscodeModelClient(() => undefined).chat(request({})));
      assert.equal(gone.failure?.kind, 'model-gone');
      assert.equal(gone.failure.served, 'no');
    });
  });
});
