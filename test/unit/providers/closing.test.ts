import assert from 'node:assert/strict';
import { parseSettings } from '../../../src/app/settings/index.ts';
import { streamChat } from '../../../src/providers/openai/chat.ts';
import { PRESETS } from '../../../src/providers/presets.ts';
import { startModelServer } from '../../fakes/modelServer.ts';
import { MemoryLog, armOf, endpointAt, fakeModel } from './openai/harness.ts';

describe('closing a connection', () => {
  const parsed = (entry: object) =>
    parseSettings({ endpoints: [{ id: 'e', ...entry }], models: [] }, PRESETS);
  const stops = (entry: object) => parsed(entry).endpoints[0]?.stopsWhenClosed;

  it('ends the work where the provider is known for it, on its own host alone', () => {
    assert.equal(stops({ preset: 'openai' }), 'yes');
    assert.equal(stops({ preset: 'anthropic' }), 'yes');
    assert.equal(stops({ preset: 'openrouter' }), 'by-provider');
    assert.equal(stops({ preset: 'mistral' }), 'no');
    assert.equal(stops({ preset: 'gemini' }), 'no');
    assert.equal(stops({ preset: 'openai', baseUrl: 'https://proxy.example/v1' }), 'no');
    assert.equal(stops({ preset: 'custom', baseUrl: 'https://proxy.example/v1' }), 'no');
  });

  it('ends it where the user says so, and a wrong value is the careful one, with its problem', () => {
    const custom = { preset: 'custom', baseUrl: 'https://proxy.example/v1' };
    assert.equal(stops({ ...custom, stopsWhenClosed: true }), 'yes');
    assert.equal(stops({ preset: 'openai', stopsWhenClosed: false }), 'no');
    assert.equal(stops({ ...custom, stopsWhenClosed: 'yes' }), 'no');
    const { problems } = parsed({ ...custom, stopsWhenClosed: 'yes' });
    assert.deepEqual(
      problems.map(({ key, kind }) => [key, kind]),
      [['pilot.endpoints[0].stopsWhenClosed', 'wrong-type']],
    );
  });

  it('depends on the provider that a gateway names in its answer', async () => {
    const server = await startModelServer({ models: [fakeModel] });
    try {
      const ends = async (provider: string | undefined): Promise<boolean> => {
        server.next({ kind: 'reply', body: { provider, choices: [{ message: { content: 'Yes.' } }] } });
        const endpoint = endpointAt(server.url, { preset: 'openrouter', stopsWhenClosed: 'by-provider' });
        const context = { endpoint, key: () => Promise.resolve('key'), log: new MemoryLog() };
        const { signal } = new AbortController();
        const request = { arm: armOf('fake'), messages: [{ role: 'user' as const, content: 'Hi' }] };
        const stream = streamChat(context, { ...request, outputCap: 10, signal });
        const endsNow = (): boolean => stream.stopsWhenClosed?.() === true;
        assert.equal(endsNow(), false, 'nobody is named yet');
        let text = '';
        for await (const event of stream.events) if (event.type === 'text') text += event.text;
        assert.equal(text, 'Yes.');
        return endsNow();
      };
      assert.equal(await ends('Anthropic'), true);
      assert.equal(await ends('xAI'), true);
      assert.equal(await ends('Google AI Studio'), false);
      assert.equal(await ends('Founded Tomorrow'), false);
      assert.equal(await ends(undefined), false);
    } finally {
      await server.close();
    }
  });
});
