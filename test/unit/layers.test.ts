/**
 * Layers. The table in eslint.config.mjs says which folder may import which. This test checks the table's own order,
 * every import of src and media against it (type-only imports too), and, by running, that no module of core or app
 * reaches the host.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const filesOf = (pattern: string): string[] =>
  globSync(pattern, { cwd: root }).map((file) => file.replaceAll(path.sep, '/'));
const sources = (folder: string): string[] => filesOf(`src/${folder}/**/*.ts`);

interface LintTable {
  readonly floors: Readonly<
    Record<
      string,
      {
        readonly under: readonly string[];
        readonly rooms: Readonly<Record<string, readonly string[]>>;
      }
    >
  >;
  readonly faultOf: (folder: string, name: string, isTypeOnly?: boolean) => string | undefined;
}

interface Import {
  readonly name: string;
  readonly isTypeOnly: boolean;
}

function imports(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^'\s]+)'/gm)].map(({ 1: name, index }) => {
    const statement = text.slice(text.lastIndexOf('import ', index), index);
    return { name: name!, isTypeOnly: statement.startsWith('import type ') };
  });
}

const importsOf = (file: string): string[] => imports(file).map(({ name }) => name);

/** The first circle found: each node leads to the next, the last to the first. */
function circleIn(next: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const follow = (node: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(node);
    if (at >= 0) return way.slice(at);
    if (done.has(node)) return undefined;
    for (const each of next.get(node) ?? []) {
      const circle = follow(each, [...way, node]);
      if (circle) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of next.keys()) {
    const circle = follow(node, []);
    if (circle) return circle;
  }
  return undefined;
}

describe('layers', () => {
  let table: LintTable;
  before(async function () {
    this.timeout(30_000);
    table = (await import(path.join(root, 'eslint.config.mjs'))) as LintTable;
  });

  it('the table has each folder, no folder that is gone, and no two rooms that import each other', () => {
    const { floors } = table;
    const listed = Object.entries(floors).flatMap(([floor, { rooms }]) =>
      Object.keys(rooms).map((room) => (room === '.' ? floor : `${floor}/${room}`)),
    );
    const folders = new Set(
      filesOf('{src,media}/**/*.ts')
        .filter((file) => !file.endsWith('.d.ts'))
        .map((file) => path.posix.dirname(file)),
    );
    // The composition root, which may import everything.
    folders.delete('src');
    assert.deepEqual(
      listed.toSorted(),
      [
        ...folders,
        ...listed.filter((folder) => Object.hasOwn(floors, folder) && !folders.has(folder)),
      ].sort(),
    );
    const order = Object.keys(floors);
    for (const [floor, { under, rooms }] of Object.entries(floors)) {
      for (const below of under)
        assert.ok(order.indexOf(below) < order.indexOf(floor), `${floor} -> ${below}`);
      assert.equal(circleIn(new Map(Object.entries(rooms))), undefined, floor);
    }
  });

  it('each import follows the table', () => {
    const faults = filesOf('{src/*,media}/**/*.ts').flatMap((file) =>
      path.posix.dirname(file) === 'src'
        ? []
        : imports(file).flatMap(({ name, isTypeOnly }) => {
            const fault = table.faultOf(path.posix.dirname(file), name, isTypeOnly);
            return fault === undefined ? [] : [`${file}: ${fault}`];
          }),
    );
    assert.deepEqual(faults, []);
  });

  for (const [folder, name] of [
    ['src/core/money', '../learning/ridge.ts'],
    ['src/core/inline/fim', '../languages.ts'],
    ['src/core/routing', '../../app/call/routing.ts'],
    ['src/core', 'node:fs'],
    ['src/app/call', 'fs'],
    ['src/app/call', 'vscode'],
    ['src/app/call', '../../../media/ask/turn.ts'],
    ['src/app/ports', '../call/engine.ts'],
    ['src/storage/host', '../worker/books.ts'],
    ['src/storage/host', '../worker/operations.ts'],
    ['src/storage/worker', '../../providers/presets.ts'],
    ['src/storage/worker', 'openai'],
    ['src/vscode/kit', '../../engine.ts'],
    ['src/vscode/chat', '../ask/index.ts'],
    ['media/ask', '../../src/core/money.ts'],
  ] as const) {
    it(`refuses that ${folder} imports ${name}`, () => {
      assert.match(table.faultOf(folder, name) ?? '', /may not import/);
    });
  }

  it('what is allowed of one file are its types only', () => {
    assert.equal(table.faultOf('src/storage/host', '../worker/operations.ts', true), undefined);
    assert.match(table.faultOf('src/storage/host', '../worker/books.ts', true) ?? '', /may not import/);
  });

  it('no files import each other in a circle, not even for types', () => {
    const next = new Map(
      filesOf('{src,media}/**/*.ts').map((file) => [
        file,
        importsOf(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => path.posix.join(path.posix.dirname(file), name)),
      ]),
    );
    assert.ok(next.size > 300);
    assert.equal(circleIn(next), undefined);
    assert.deepEqual(circleIn(new Map(Object.entries({ a: ['b'], b: ['c', 'd'], c: [], d: ['b'] }))), [
      'b',
      'd',
    ]);
  });

  for (const folder of ['core', 'app']) {
    it(`every module of src/${folder} loads in plain Node`, async () => {
      const files = sources(folder);
      assert.ok(files.length > 20);
      // A static import of vscode, direct or through others, fails here, since the package has no code.
      for (const file of files) await import(path.join(root, file));
    });
  }

  it('a module that imports vscode does not load in plain Node, so the check above can fail', async () => {
    await assert.rejects(import(path.join(root, 'src/vscode/kit/format.ts')), /vscode/);
  });

  it('one file of src/core imports ml-matrix', () => {
    const users = sources('core').filter((file) => importsOf(file).includes('ml-matrix'));
    assert.deepEqual(users, ['src/core/linalg.ts']);
  });
});
