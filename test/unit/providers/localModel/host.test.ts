import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalModelHost } from '../../../../src/providers/localModel/host.ts';

const WORKER = new URL('../../../../src/providers/localModel/worker.ts', import.meta.url);
const SOURCE = "const stored = store.get('settings');\nreturn parseSettings(stored);\n";

describe('the local model in its worker', () => {
  let host: LocalModelHost;
  const errors: string[] = [];
  beforeEach(() => {
    errors.length = 0;
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => errors.push(message),
    };
    host = new LocalModelHost({ workerPath: WORKER, maxTokens: 100_000, log });
  });
  afterEach(() => host.dispose());

  const ask = async (prefix: string): Promise<string | undefined> =>
    (await retry(() => host.complete({ prefix, suffix: '' })))?.text;

  it('indexes texts and answers', async () => {
    await host.indexTexts([{ id: 'a', text: SOURCE }]);
    assert.equal(host.stats.documents, 1);
    assert.equal(await ask('  const stored = store.g'), "et('settings');");
  });

  it('reads files itself; a file that vanished, a directory and a binary file are passed over', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'local-model-'));
    try {
      const file = path.join(folder, 'a.ts');
      const binary = path.join(folder, 'b.ts');
      await writeFile(file, SOURCE);
      await writeFile(binary, Buffer.from([0, 1, 2, 3, 0, 255]));
      const paths = [file, binary, folder, path.join(folder, 'gone.ts')];
      await host.indexFiles(paths.map((each) => ({ id: each, path: each, root: folder })));
      assert.equal(host.stats.documents, 1);
      assert.equal(await ask('  const stored = store.g'), "et('settings');");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('walks folders by itself: rules, links and folders that are gone', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'local-model-'));
    try {
      await mkdir(path.join(folder, 'src'));
      await mkdir(path.join(folder, 'out'));
      await writeFile(path.join(folder, '.gitignore'), 'out/\n');
      await writeFile(path.join(folder, 'src/a.ts'), SOURCE);
      await writeFile(path.join(folder, 'out/b.ts'), SOURCE);
      await symlink(folder, path.join(folder, 'src/loop'), 'junction');
      const roots = [folder, path.join(folder, 'gone')];
      const end = await host.indexFolders({ roots, excluded: [], open: [] }, () => undefined);
      assert.deepEqual([end, host.stats.documents], ['all', 1]);
      host.remove([path.join(folder, 'src/a.ts')]);
      await host.indexTexts([]);
      assert.equal(host.stats.documents, 0, 'named by its path');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('a walk that is cancelled, or whose worker dies, ends', async () => {
    const order = { roots: [path.parse(process.cwd()).root], excluded: [], open: [] };
    const walk = host.indexFolders(order, () => undefined);
    host.cancelIndexing();
    assert.equal(await walk, 'cancelled');
    const another = host.indexFolders(order, () => undefined);
    host.dispose();
    assert.equal(await another, 'cancelled');
    assert.equal(await host.indexFolders(order, () => undefined), 'cancelled');
  });

  it('keeps no private key', async () => {
    await host.indexTexts([{ id: 'key.ts', text: '-----BEGIN RSA PRIVATE KEY-----\nabc def ghi\n' }]);
    assert.equal(host.stats.documents, 0);
  });

  it('removal and text keep their order', async () => {
    void host.indexTexts([{ id: 'a', text: SOURCE }]);
    host.remove(['a']);
    await host.indexTexts([{ id: 'b', text: 'let other = 1;\n' }]);
    assert.equal(host.stats.documents, 1);
    assert.equal(await ask('  const stored = store.g'), undefined);
  });

  it('cancelled work is settled, not lost', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => ({ id: `${i}`, text: SOURCE.repeat(200) }));
    const work = texts.map((text) => host.indexTexts([text]));
    host.cancelIndexing();
    await Promise.all(work);
    assert.ok(host.stats.documents < 50);
  });

  it('a worker that dies is replaced, and says so', async () => {
    await host.indexTexts([{ id: 'a', text: SOURCE }]);
    const restarted = new Promise<void>((resolve) => host.onDidRestart(resolve));
    // A message that no caller can send: the worker throws on it.
    void host.indexTexts(null as unknown as []);
    await restarted;
    assert.equal(errors.length, 1);
    assert.equal(host.stats.documents, 0);
    await host.indexTexts([{ id: 'a', text: SOURCE }]);
    assert.equal(await ask('  const stored = store.g'), "et('settings');");
  });

  it('after disposal everything settles', async () => {
    host.dispose();
    assert.equal(await host.complete({ prefix: 'a', suffix: '' }), undefined);
    await host.indexTexts([{ id: 'a', text: SOURCE }]);
  });
});

/** A busy machine may exceed the query's time limit, which these tests do not test. */
async function retry<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let i = 0; i < 5; i += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  return undefined;
}
