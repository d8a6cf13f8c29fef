/**
 * The rules of Open VSX's server and publisher, as far as the manifest shows them: forks of VS Code get PILOT there.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
  readonly license: string;
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly repository: { readonly url: string };
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly extensionDependencies?: readonly string[];
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
/** Control, format, private use, unassigned and line separators, in any of the fields. */
const forbidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const shown = (field: string): string => {
  const value = manifest[field];
  if (typeof value !== 'string') return '';
  return value.startsWith('%') ? (texts[value.slice(1, -1)] ?? '') : value;
};

describe('Open VSX', () => {
  it('takes the names and the version', () => {
    for (const name of [manifest.name, manifest.publisher]) assert.match(name, /^[\w\-+$~]{1,255}$/);
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  });

  it('finds a licence, by its name and as a file', () => {
    assert.equal(manifest.license, 'MIT');
    assert.match(readFileSync('LICENSE', 'utf8'), /^MIT License/);
  });

  it('takes every text of the page, and its length', () => {
    const most = { displayName: 255, description: 2048, license: 255 };
    for (const [field, length] of Object.entries(most)) {
      assert.ok(shown(field).length > 0 && shown(field).length <= length, field);
      assert.doesNotMatch(shown(field), forbidden, field);
    }
    for (const word of [...manifest.categories, ...manifest.keywords]) {
      assert.ok(word.length <= 255, word);
      assert.doesNotMatch(word, forbidden, word);
    }
  });

  it('takes the addresses and the banner', () => {
    for (const field of ['homepage', 'bugs', 'qna'])
      if (manifest[field] !== undefined) assert.ok(URL.canParse(shown(field)), field);
    assert.ok(URL.canParse(manifest.repository.url));
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/i);
    assert.ok(['dark', 'light'].includes(manifest.galleryBanner.theme));
  });

  it('has an icon that is no SVG, a readme and a changelog to show', () => {
    assert.match(manifest.icon, /\.png$/);
    for (const file of [manifest.icon, 'README.md', 'CHANGELOG.md']) assert.ok(existsSync(file), file);
  });

  /** What a fork may lack: proposed APIs, extensions of VS Code's own marketplace, another engine. */
  it('serves hosts that have none of what is VS Code’s alone', () => {
    assert.ok(!('enabledApiProposals' in manifest));
    assert.deepEqual(manifest.extensionDependencies ?? [], []);
    assert.match(manifest.engines.vscode, /^\^1\.\d+\.0$/);
    const { devDependencies } = manifest as unknown as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    assert.equal(
      devDependencies['@types/vscode'],
      manifest.engines.vscode.slice(1),
      'no newer API is compiled in',
    );
  });
});
