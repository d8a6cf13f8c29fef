/** Layers, checked by running: no module of core or app can reach the host, however long the chain of imports. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = (folder: string): string[] => globSync(`src/${folder}/**/*.ts`, { cwd: root });

describe('layers', () => {
  for (const folder of ['core', 'app']) {
    it(`every module of src/${folder} loads in plain Node`, async () => {
      const files = sources(folder);
      assert.ok(files.length > 20);
      // A static import of vscode, direct or through others, fails here: the package has no code.
      for (const file of files) await import(path.join(root, file));
    });
  }

  it('a module that imports vscode does not load in plain Node, so the check above can fail', async () => {
    await assert.rejects(import(path.join(root, 'src/vscode/kit/format.ts')), /vscode/);
  });

  const importsOf = (file: string): string[] =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
      ([, name]) => name!,
    );

  it('src/core imports nothing but itself, and ml-matrix in one place', () => {
    for (const file of sources('core')) {
      for (const name of importsOf(file)) {
        if (name === 'ml-matrix') assert.equal(file, path.normalize('src/core/linalg.ts'));
        else if (!name.startsWith('.'))
          assert.ok(['ignore', 'diff', 'lru-cache'].includes(name), `${file} imports ${name}`);
        else assert.match(path.join(path.dirname(file), name), /^src.core/, `${file} imports ${name}`);
      }
    }
  });

  it('only src/vscode and the composition root import vscode; only src/providers imports openai', () => {
    for (const file of globSync('src/**/*.ts', { cwd: root })) {
      for (const name of importsOf(file)) {
        if (name === 'vscode') assert.match(file, /^src.(vscode.|extension\.ts|engine\.ts)/);
        if (name === 'openai' || name.startsWith('openai/')) assert.match(file, /^src.providers.openai/);
      }
    }
  });
});
