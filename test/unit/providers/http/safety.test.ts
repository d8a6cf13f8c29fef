/** Where a key may go without encryption. */
import assert from 'node:assert/strict';
import { listModels } from '../../../../src/providers/openai/models.ts';
import { isLoopback, reachOf, whyUnsafe } from '../../../../src/providers/http/safety.ts';
import { endpointAt, MemoryLog } from '../openai/harness.ts';

describe('a connection without encryption', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    localhost: ['127.0.0.1', '::1'],
    'good.localhost': ['127.0.0.1'],
    'evil.localhost': ['203.0.113.9'],
    'half.localhost': ['127.0.0.1', '203.0.113.9'],
    'box.lan': ['192.168.1.7'],
    'box.local': ['fe80::1%eth0', '10.1.2.3'],
    box: ['172.20.0.3', 'fd00::7'],
    'box-outside.lan': ['203.0.113.9'],
    'half.lan': ['192.168.1.7', '203.0.113.9'],
    'rebound.example.com': ['192.168.1.7'],
  };
  const lookup = (name: string) => Promise.resolve(names[name] ?? []);
  const cases: readonly (readonly [hostname: string, reach: Awaited<ReturnType<typeof reachOf>>])[] = [
    ['127.0.0.1', 'this-machine'],
    ['127.9.9.9', 'this-machine'],
    ['[::1]', 'this-machine'],
    ['[::ffff:127.0.0.1]', 'this-machine'],
    ['localhost', 'this-machine'],
    ['localhost.', 'this-machine'],
    ['good.localhost', 'this-machine'],
    ['evil.localhost', 'public'],
    ['half.localhost', 'public'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.255.1', 'private'],
    ['192.169.0.1', 'public'],
    ['[fd12::1]', 'private'],
    ['[2001:db8::1]', 'public'],
    ['169.254.169.254', 'public'],
    ['0.0.0.0', 'public'],
    ['8.8.8.8', 'public'],
    ['box', 'private'],
    ['box.lan', 'private'],
    ['box.local', 'private'],
    ['box-outside.lan', 'public'],
    ['half.lan', 'public'],
    ['rebound.example.com', 'public'],
    ['gone.example.com', 'public'],
    ['gone.lan', 'unresolved'],
  ];
  for (const [hostname, reach] of cases)
    it(`to ${hostname}: ${reach}`, async () => assert.equal(await reachOf(hostname, lookup), reach));

  it('carries a key to this machine, to the local network once agreed to, and nowhere else', async () => {
    const why = (host: string, agreed: boolean) =>
      whyUnsafe(endpointAt(`http://${host}/v1`), 'sk-1', agreed, lookup);
    assert.equal(await why('good.localhost', false), undefined);
    assert.equal(await why('evil.localhost', true), 'insecure');
    assert.equal(await why('box.lan', false), 'insecure');
    assert.equal(await why('box.lan', true), undefined);
    assert.equal(await why('half.lan', true), 'insecure');
    assert.equal(await why('8.8.8.8', true), 'insecure');
    assert.equal(await why('gone.example.com', true), 'insecure');
    assert.equal(await why('gone.lan', true), 'unreachable');
  });

  it('without a secret, or with encryption, needs no look-up', async () => {
    const never = () => Promise.reject(new Error('looked up'));
    assert.equal(await whyUnsafe(endpointAt('http://8.8.8.8/v1'), undefined, false, never), undefined);
    assert.equal(await whyUnsafe(endpointAt('https://x.example/v1'), 'sk-1', false, never), undefined);
    const secret = endpointAt('http://x.example/v1', { headers: { 'x-api-key': 'k' } });
    assert.equal(await whyUnsafe(secret, undefined, false, never), 'insecure');
  });

  it('is refused before anything is sent', async () => {
    const context = { key: () => Promise.resolve('sk-1'), log: new MemoryLog(), mayGoPlain: () => true };
    const endpoint = endpointAt('http://203.0.113.9/v1');
    const listed = await listModels({ ...context, endpoint }, new AbortController().signal);
    assert.equal(!listed.ok && listed.error.kind, 'insecure');
  });

  it('is told from a server of this machine by its name', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) assert.ok(isLoopback(host));
    for (const host of ['a.localhost', 'evil.localhost', '192.168.0.1', '127.0.0.1.example.com'])
      assert.ok(!isLoopback(host));
  });
});
