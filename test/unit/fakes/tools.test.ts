import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { ModelServer } from '../../fakes/modelServer.ts';
import { startPracticeServer } from '../../fakes/practiceModels.ts';

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const tool = (name: string, properties: object = {}, required: readonly string[] = []) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties, required } },
});
const listDir = tool('list_dir', { path: { type: 'string' } }, ['path']);
const readFile = tool('read_file', { filePath: { type: 'string' }, endLine: { type: 'number' } }, [
  'filePath',
  'endLine',
]);
const user = (content: string): Message => ({ role: 'user', content });
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'list_dir', arguments: '{}' } })),
});
const returns = (id: string, content = 'src/\n'): Message => ({ role: 'tool', tool_call_id: id, content });

describe('tools of the practice server', () => {
  let server: ModelServer;
  let client: OpenAI;
  before(async () => {
    server = await startPracticeServer({ pace: 0 });
    client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
  });
  after(() => server.close());

  async function ask(messages: Message[], model = 'practice-steady') {
    const stream = await client.chat.completions.create({
      model,
      messages,
      tools: [listDir, readFile],
      stream: true,
      stream_options: { include_usage: true },
    });
    const seen = { name: '', input: '', text: '', finish: '', outputTokens: 0 };
    for await (const { choices, usage } of stream) {
      const [choice] = choices;
      seen.text += choice?.delta.content ?? '';
      seen.name += choice?.delta.tool_calls?.[0]?.function?.name ?? '';
      seen.input += choice?.delta.tool_calls?.[0]?.function?.arguments ?? '';
      seen.finish = choice?.finish_reason ?? seen.finish;
      seen.outputTokens = usage?.completion_tokens ?? seen.outputTokens;
    }
    return seen;
  }

  it('are called when the request names one, with arguments that fit their schema', async () => {
    const listed = await ask([
      user('The workspace is /home/me/shop.\n<userRequest>List the directory</userRequest>'),
    ]);
    assert.equal(listed.name, 'list_dir');
    assert.deepEqual(JSON.parse(listed.input), { path: '/home/me/shop' });
    assert.equal(listed.finish, 'tool_calls');
    assert.ok(listed.outputTokens > 0, 'a call is billed');
    const read = await ask([user('In /home/me/shop: read the file notes.md')]);
    assert.deepEqual(JSON.parse(read.input), { filePath: '/home/me/shop/notes.md', endLine: 20 });
  });

  it('are not called where none is named, nor by a model that has none', async () => {
    assert.equal((await ask([user('Why is the sky blue?')])).finish, 'stop');
    assert.equal((await ask([user('List the directory')], 'practice-swift')).finish, 'stop');
  });

  it('come back into the answer', async () => {
    const { text, finish } = await ask([user('List the directory'), calls('1'), returns('1', 'orders.ts\n')]);
    assert.equal(finish, 'stop');
    assert.match(text, /simulated/i);
    assert.match(text, /orders\.ts/);
  });

  const refused = (what: string, messages: Message[], why: RegExp): void => {
    it(`are refused ${what}, as OpenAI refuses them`, () => assert.rejects(ask(messages), why));
  };
  refused(
    'where a call has no result',
    [user('a'), calls('1', '2'), returns('1')],
    /did not have response messages: 2/,
  );
  refused(
    'where the result comes late',
    [user('a'), calls('1'), user('b'), returns('1')],
    /did not have response/,
  );
  refused('where nothing was called', [user('a'), returns('1')], /must be a response to a preceding/);
  refused(
    'where a result comes twice',
    [user('a'), calls('1'), returns('1'), returns('1')],
    /must be a response/,
  );

  it('are refused with a bad name, a bad schema, or twice', async () => {
    const send = (tools: readonly object[]) =>
      client.chat.completions.create({
        model: 'practice-steady',
        messages: [user('a')],
        tools: tools as never,
      });
    await assert.rejects(send([tool('list dir')]), /is not a name/);
    await assert.rejects(send([listDir, listDir]), /there twice/);
    await assert.rejects(
      send([{ type: 'function', function: { name: 'a', parameters: {} } }]),
      /type "object"/,
    );
    await assert.rejects(send([]), /at least one tool/);
  });
});
