import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../../../scripts/host/paths.ts';
import { run } from '../../../scripts/host/processes.ts';
import { noticesFile, thirdPartyNotices } from '../../../scripts/notices.ts';

const quietly = { cwd: root, timeoutMs: 60_000, quiet: true };
const textOf = (file: string): string =>
  readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n').trim();

describe('third-party notices', function () {
  this.timeout(60_000);

  describe('of the real builds', () => {
    let builds: readonly Metafile[] = [];
    let notices = '';
    before(async () => {
      const { code, output } = await run(process.execPath, ['esbuild.mjs', '--metafiles'], quietly);
      assert.equal(code, 0, output);
      builds = JSON.parse(output) as Metafile[];
      notices = thirdPartyNotices(builds, root);
    });

    /** From the builds' outputs, while the generator reads their inputs. */
    const bundled = (build: Metafile | undefined): readonly string[] => {
      const files = Object.values(build?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs));
      const inModules = files.filter((file) => file.includes('node_modules/'));
      return inModules.map((file) => {
        const [scope = '', name = ''] = (file.split('node_modules/').at(-1) ?? '').split('/');
        const folder = file.slice(0, file.lastIndexOf('node_modules/')) + 'node_modules/';
        return folder + (scope.startsWith('@') ? `${scope}/${name}` : scope);
      });
    };

    it('name each bundled package with version, licence and the text of its LICENSE', () => {
      assert.equal(builds.length, 3);
      const [, later, webviews] = builds;
      assert.ok(bundled(later).includes('node_modules/openai'));
      assert.ok(bundled(webviews).includes('node_modules/dompurify'));
      for (const folder of new Set(builds.flatMap(bundled))) {
        const manifest = JSON.parse(textOf(`${folder}/package.json`)) as Record<string, string>;
        const { name, version, license } = manifest;
        assert.ok(notices.includes(`\n${name} ${version}\nLicense: ${license}\n`), name);
        const after = notices.split(`\n${name} ${version}\n`)[1]?.split('='.repeat(80))[0] ?? '';
        assert.match(after, /permi(?:ssion|tted)|Licensor|public domain/i, name);
      }
      for (const licence of [
        'openai/LICENSE',
        'lru-cache/LICENSE.md',
        'dompurify/LICENSE-MPL',
        'diff/LICENSE',
      ])
        assert.ok(notices.includes(textOf(`node_modules/${licence}`)), licence);
    });

    it('hold the licence of code that a package copied from another', () => {
      assert.ok(notices.includes(textOf('node_modules/openai/src/internal/qs/LICENSE.md')));
    });
  });

  describe('of a small build', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'pilot-notices-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const add = (at: string, manifest: object, files: Readonly<Record<string, string>> = {}): void => {
      const place = path.join(folder, 'node_modules', at);
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest));
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(place, name), text);
    };
    const noticesOf = (...files: readonly string[]): string =>
      thirdPartyNotices([{ inputs: Object.fromEntries(files.map((file) => [file, emptyInput])) }], folder);
    const emptyInput: Metafile['inputs'][string] = { bytes: 1, imports: [] };

    it('fail where a package has no licence text, and name it', () => {
      add('bare', { name: 'bare', version: '1.2.3', license: 'MIT' }, { 'licenses.js': 'code' });
      assert.throws(() => noticesOf('node_modules/bare/index.js'), /no licence text: bare 1\.2\.3$/);
    });

    it('take the text that is kept for a package without one', () => {
      mkdirSync(path.join(folder, 'scripts/licences'), { recursive: true });
      writeFileSync(path.join(folder, 'scripts/licences/@scope__kept.txt'), 'Kept text.\r\n');
      add('@scope/kept', { name: '@scope/kept', version: '2.0.0', license: 'MIT' });
      assert.match(
        noticesOf('node_modules/@scope/kept/a/b.js'),
        /\n@scope\/kept 2\.0\.0\nLicense: MIT\n\nKept text\.\n$/,
      );
    });

    it('hold both versions of a package, its NOTICE, and nothing of the own code', () => {
      add(
        'two',
        { name: 'two', version: '1.0.0', license: 'ISC' },
        { 'LICENSE.txt': 'One.', NOTICE: 'Noted.' },
      );
      add('x/node_modules/two', { name: 'two', version: '2.0.0', license: 'ISC' }, { COPYING: 'Two.' });
      const text = noticesOf(
        'node_modules/two/i.js',
        'node_modules/x/node_modules/two/i.js',
        'src/extension.ts',
      );
      for (const part of ['two 1.0.0', 'One.', 'Noted.', 'two 2.0.0', 'Two.'])
        assert.ok(text.includes(part), part);
      assert.ok(!text.includes('extension'));
    });
  });

  it('are let into the package', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'pilot-package-'));
    try {
      cpSync(path.join(root, '.vscodeignore'), path.join(folder, '.vscodeignore'));
      const manifest = { name: 'a', publisher: 'b', version: '1.0.0', engines: { vscode: '^1.110.0' } };
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
      for (const name of [noticesFile, 'other.txt']) writeFileSync(path.join(folder, name), 'text');
      const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
      const { output } = await run(process.execPath, [vsce, 'ls', '--no-dependencies'], {
        ...quietly,
        cwd: folder,
      });
      assert.deepEqual(
        output
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
          .sort(),
        [noticesFile, 'package.json'],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
