/** Traps for a reader that a repository may contain. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isSecretFile } from '../../../src/app/ask/secretFiles.ts';
import { LocalModelHost } from '../../../src/providers/localModel/host.ts';
import { readRegularFile } from '../../../src/providers/regularFile.ts';

const WORKER = new URL('../../../src/providers/localModel/worker.ts', import.meta.url);
const SOURCE = "const stored = store.get('settings');\n";
const isPosix = process.platform !== 'win32';

describe('a file of a workspace', () => {
  let base = '';
  let root = '';
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'pilot-files-'));
    root = path.join(base, 'work');
    await mkdir(root);
  });
  afterEach(() => rm(base, { recursive: true }));

  const read = (name: string, roots = [root]): Promise<string | undefined> =>
    readRegularFile(path.join(root, name), { roots, maxBytes: 1000, isForbidden: isSecretFile });
  const put = (name: string, text: string): Promise<void> => writeFile(path.join(base, name), text);
  const link = (target: string, name: string): Promise<void> => symlink(target, path.join(root, name));

  it('is read, also through a link within the workspace, and where the workspace itself is a link', async () => {
    await put('work/a.ts', SOURCE);
    await link('a.ts', 'b.ts');
    await symlink(root, path.join(base, 'other'));
    assert.equal(await read('a.ts'), SOURCE);
    assert.equal(await read('b.ts'), SOURCE);
    assert.equal(await read('a.ts', [path.join(base, 'other')]), SOURCE);
  });

  it('is not read where it is missing, a folder, too large, or outside', async () => {
    await put('outside.ts', SOURCE);
    await put('work-too.ts', SOURCE);
    await put('work/large.ts', 'x'.repeat(1001));
    await mkdir(path.join(root, 'folder'));
    await link(path.join(base, 'outside.ts'), 'leads-out.ts');
    for (const name of ['gone.ts', 'folder', 'large.ts', 'leads-out.ts', '../outside.ts', '../work-too.ts'])
      assert.equal(await read(name), undefined, name);
    assert.equal(await read('large.ts', []), undefined);
  });

  it('is judged by where it really is', async () => {
    await put('work/.env', 'KEY=1');
    await link('.env', 'docs.md');
    assert.equal(await read('docs.md'), undefined);
  });

  if (!isPosix) return;

  it('is no device, pipe, or file of the system', async () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    await link('/dev/zero', 'zero');
    await link('/proc/self/environ', 'environ');
    await link(path.join(root, 'pipe'), 'to-pipe');
    for (const name of ['zero', 'pipe', 'to-pipe', 'environ']) {
      assert.equal(await read(name), undefined, name);
      assert.equal(await read(name, ['/']), undefined, name);
    }
  });

  it('named .gitignore holds up no walk, whatever it leads to', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    await put('work/a.ts', SOURCE);
    for (const name of ['one', 'two']) await mkdir(path.join(root, name));
    execFileSync('mkfifo', [path.join(root, '.gitignore')]);
    await link('/dev/zero', 'one/.gitignore');
    await put('work/two/b.ts', SOURCE);
    const host = new LocalModelHost({ workerPath: WORKER, maxTokens: 10_000, log });
    try {
      const order = { roots: [root], excluded: [], open: [] };
      assert.equal(await host.indexFolders(order, () => undefined), 'all');
      assert.equal(host.stats.documents, 2);
    } finally {
      host.dispose();
    }
  });
});
