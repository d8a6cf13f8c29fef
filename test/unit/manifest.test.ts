/** package.json and the code agree: every command and setting in one is in the other. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Setting {
  readonly scope?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly svg: string; readonly altText: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const { contributes, capabilities } = manifest;
const code = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n');
const declared = new Set(contributes.commands.map(({ command }) => command));
const settings = new Map(contributes.configuration.flatMap(({ properties }) => Object.entries(properties)));
/** Ids in string literals of the code. */
const quoted = (pattern: string): Set<string> =>
  new Set([...code.matchAll(new RegExp(`['"\`](${pattern})['"\`]`, 'g'))].map(([, id]) => id!));

describe('the manifest', () => {
  const registered = new Set(
    [
      ...code.matchAll(
        /(?:registerCommand|registerTextEditorCommand|register|command)\(\s*'(pilot\.[\w.]+)'/g,
      ),
    ].map(([, id]) => id!),
  );

  it('declares every command that is registered', () => {
    const internal = new Set([...registered].filter((id) => /\.(internal|accepted)/.test(id)));
    assert.deepEqual([...registered].filter((id) => !declared.has(id) && !internal.has(id)).sort(), []);
  });

  it('registers every command that is declared', () => {
    assert.deepEqual([...declared].filter((id) => !registered.has(id)).sort(), []);
  });

  it('uses in menus, keybindings and code only commands that exist', () => {
    const used = [
      ...contributes.keybindings.map(({ command }) => command),
      // An entry without a command opens a submenu.
      ...Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? [])),
    ].filter((id) => id.startsWith('pilot.'));
    for (const id of used) assert.ok(declared.has(id), id);
  });

  /** The whole id, or in the forms of the code: a section and the rest of the key, or in a `when` clause. */
  function isRead(key: string): boolean {
    const has = (text: string): boolean => quoted(text.replaceAll('.', '\\.')).size > 0;
    const parts = key.split('.');
    const splits = parts.slice(1).map((_, i) => [parts.slice(0, i + 1), parts.slice(i + 1)] as const);
    const inCode =
      has(key) || splits.some(([section, rest]) => has(section.join('.')) && has(rest.join('.')));
    return inCode || JSON.stringify(contributes.keybindings).includes(`config.${key}`);
  }

  it('declares settings that are read, and no others', () => {
    assert.deepEqual(
      [...settings.keys()].filter((key) => !isRead(key)),
      [],
    );
    assert.ok(!isRead('pilot.inline.madeUp'));
  });

  it('describes every setting', () => {
    for (const [key, setting] of settings) {
      assert.ok((setting.markdownDescription ?? setting.description ?? '').length > 0, key);
    }
  });

  it('gives application scope, and no say in Restricted Mode, to what touches money, endpoints, arms and policy', () => {
    const money = [...settings].filter(([key]) =>
      /^pilot\.(budget|endpoints|models|routing|inline\.paid|sync)/.test(key),
    );
    assert.ok(money.length >= 6);
    for (const [key, { scope }] of money) {
      assert.equal(scope, 'application', key);
      assert.ok(
        capabilities.untrustedWorkspaces.restrictedConfigurations.includes(key),
        `${key} is not restricted`,
      );
    }
  });

  it('names no proposed API', () => {
    assert.ok(!('enabledApiProposals' in manifest));
    for (const name of [
      'handleDidShowCompletionItem',
      'handleDidPartiallyAcceptCompletionItem',
      'handleEndOfLifetime',
    ]) {
      assert.ok(!code.includes(name), name);
    }
  });

  describe('the walkthrough', () => {
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
    const textOf = (key: string): string => texts[key.replaceAll('%', '')] ?? '';

    it('completes each step by what was done, which the code tells VS Code', () => {
      const told = [...read('src/vscode/money/progress.ts').matchAll(/#tell\('([\w.]+)'/g)].map(
        ([, key]) => key,
      );
      assert.deepEqual(
        steps.map(({ completionEvents }) => completionEvents),
        told.map((key) => [`onContext:${key}`]),
      );
    });

    it('has a way on and a picture in each step', () => {
      for (const { description, media } of steps) {
        const links = [...textOf(description).matchAll(/\]\(command:([\w.]+)\)/g)].map(([, id]) => id ?? '');
        assert.ok(links.length > 0, description);
        for (const id of links) assert.ok(declared.has(id), id);
        assert.match(read(media.svg), /^<svg/);
        assert.notEqual(textOf(media.altText), '');
      }
    });
  });
});
