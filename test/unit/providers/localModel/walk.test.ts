import assert from 'node:assert/strict';
import { LocalIndex } from '../../../../src/providers/localModel/localIndex.ts';
import { sourceFiles } from '../../../../src/providers/localModel/walk.ts';
import type { WalkEntry, Lister, WalkLimits } from '../../../../src/providers/localModel/walk.ts';

const SOURCE = "const stored = store.get('settings');\n";

/** A machine with these files; it counts the questions, and lists a folder only when asked. */
class Disk implements Lister {
  readonly files: ReadonlyMap<string, string>;
  readonly listed: string[] = [];
  entries = 0;
  open = 0;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files));
  }

  async *list(folder: string): AsyncGenerator<WalkEntry, void> {
    this.listed.push(folder);
    this.open += 1;
    try {
      for (const entry of this.entriesOf(folder)) {
        this.entries += 1;
        await Promise.resolve();
        yield entry;
      }
    } finally {
      this.open -= 1;
    }
  }

  read(file: string): Promise<string | undefined> {
    return Promise.resolve(this.files.get(file));
  }

  entriesOf(folder: string): Iterable<WalkEntry> {
    const names = new Map<string, WalkEntry['kind']>();
    for (const file of this.files.keys()) {
      if (!file.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = file.slice(folder.length + 1).split('/');
      names.set(name, rest.length > 0 ? 'folder' : 'file');
    }
    return [...names].map(([name, kind]) => ({ name, kind }));
  }
}

/** A folder with a million files, each of which is created when it is read. */
class HugeDisk extends Disk {
  override *entriesOf(): Generator<WalkEntry> {
    for (let i = 0; i < 1_000_000; i += 1) yield { name: `${i}.${this.extension}`, kind: 'file' };
  }

  readonly extension: string;
  constructor(extension: string) {
    super({});
    this.extension = extension;
  }

  override read(file: string): Promise<string | undefined> {
    return Promise.resolve(file.endsWith('.ts') ? SOURCE : undefined);
  }
}

async function walked(
  lister: Lister,
  options: {
    readonly roots?: readonly string[];
    readonly excluded?: readonly string[];
    readonly limits?: WalkLimits;
  } = {},
): Promise<{ files: string[]; pauses: number; end: string }> {
  const files: string[] = [];
  let pauses = 0;
  const walk = sourceFiles({ roots: ['/w'], excluded: [], lister, ...options });
  for (;;) {
    const next = await walk.next();
    if (next.done === true) return { files, pauses, end: next.value };
    if (next.value === undefined) pauses += 1;
    else files.push(next.value);
  }
}

describe('the walk over a workspace', () => {
  it('finds source and nothing else, what lies near the root first', async () => {
    const disk = new Disk({
      '/w/deep/er/c.ts': '',
      '/w/a.ts': '',
      '/w/deep/b.py': '',
      '/w/logo.png': '',
      '/w/.env': '',
      '/w/secrets/key.ts': '',
      '/w/node_modules/x/index.js': '',
      '/w/app.min.js': '',
    });
    assert.deepEqual(await walked(disk), {
      files: ['/w/a.ts', '/w/deep/b.py', '/w/deep/er/c.ts'],
      pauses: 0,
      end: 'all',
    });
    assert.ok(!disk.listed.includes('/w/node_modules'), 'not even looked into');
  });

  it('honours .gitignore in each folder, and what the user leaves out, without looking into either', async () => {
    const disk = new Disk({
      '/w/.gitignore': 'out/\n*.gen.ts\n',
      '/w/a.ts': '',
      '/w/a.gen.ts': '',
      '/w/out/b.ts': '',
      '/w/sub/.gitignore': '!keep.gen.ts\nlocal.ts\n',
      '/w/sub/keep.gen.ts': '',
      '/w/sub/local.ts': '',
      '/w/local.ts': '',
      '/w/legacy/old.ts': '',
      '/w/x.sql': '',
    });
    const { files } = await walked(disk, { excluded: ['legacy/', '*.sql'] });
    assert.deepEqual(files.toSorted(), ['/w/a.ts', '/w/local.ts', '/w/sub/keep.gen.ts']);
    assert.deepEqual(disk.listed.toSorted(), ['/w', '/w/sub']);
  });

  it('keeps the rules of several roots apart', async () => {
    const disk = new Disk({ '/w/.gitignore': 'a.ts', '/w/a.ts': '', '/v/a.ts': '', '/v/b.ts': '' });
    const { files } = await walked(disk, { roots: ['/w', '/v/'] });
    assert.deepEqual(files, ['/v/a.ts', '/v/b.ts']);
  });

  it('names files as the root does', async () => {
    const listed: string[] = [];
    const lister: Lister = {
      async *list(folder) {
        await Promise.resolve();
        listed.push(folder);
        yield folder === 'c:\\w' ? { name: 'sub', kind: 'folder' } : { name: 'a.ts', kind: 'file' };
      },
      read: () => Promise.resolve(undefined),
    };
    assert.deepEqual((await walked(lister, { roots: ['c:\\w'] })).files, ['c:\\w\\sub\\a.ts']);
    assert.deepEqual(listed, ['c:\\w', 'c:\\w\\sub']);
  });

  it('goes round no circle and follows no link', async () => {
    const disk = new Disk({});
    disk.entriesOf = () => [
      { name: 'loop', kind: 'other' },
      { name: 'a.ts', kind: 'file' },
    ];
    assert.deepEqual((await walked(disk)).files, ['/w/a.ts']);
  });

  it('of a million source files takes its limit, and says that there were more', async () => {
    const disk = new HugeDisk('ts');
    const { files, end } = await walked(disk);
    assert.equal(files.length, 20_000);
    assert.equal(end, 'too-many');
    assert.equal(disk.entries, 20_001, 'not one more was looked at');
  });

  it('of a million other files looks at a limited number, with pauses, and reports that there were more', async () => {
    const disk = new HugeDisk('png');
    const { files, pauses, end } = await walked(disk);
    assert.deepEqual([files.length, end], [0, 'too-many']);
    assert.ok(disk.entries <= 250_001, `${disk.entries}`);
    assert.ok(pauses >= 1000, `${pauses}`);
    assert.equal(disk.open, 0, 'the folder is closed');
  });

  it('ends when its caller stops, and closes what is open', async () => {
    const disk = new HugeDisk('ts');
    const walk = sourceFiles({ roots: ['/w'], excluded: [], lister: disk });
    for (let i = 0; i < 10; i += 1) await walk.next();
    assert.equal(disk.open, 1);
    await walk.return('cancelled');
    assert.deepEqual([disk.open, disk.entries], [0, 10]);
  });
});

/** The worker without a thread: `work(n)` runs n slices. */
class Bench {
  readonly engine: LocalIndex;
  readonly ends: (readonly [number, string])[] = [];
  nProgress = 0;

  constructor(lister: Lister, options: { readonly maxTokens?: number; readonly limits?: WalkLimits } = {}) {
    this.engine = new LocalIndex({
      maxTokens: options.maxTokens ?? 1_000_000,
      lister,
      ...(options.limits && { walkLimits: options.limits }),
    });
  }

  walk(walk: number, open: readonly string[] = []): void {
    const end = this.engine.indexFolders(
      { roots: ['/w'], excluded: [], open },
      () => void (this.nProgress += 1),
    );
    void end.then((how) => this.ends.push([walk, how]));
  }

  async work(turns = Infinity): Promise<void> {
    for (let turn = 0; turn < turns && (await this.engine.step()); turn += 1);
  }

  ask(prefix: string): string | undefined {
    return this.engine.complete({ prefix, suffix: '' })?.text;
  }

  get documents(): number {
    return this.engine.stats.documents;
  }
}

describe('the worker on a walk', () => {
  it('indexes what it finds, tells how far it is, and ends', async () => {
    const files = Array.from({ length: 200 }, (_, i) => [`/w/${i}.ts`, SOURCE] as const);
    const bench = new Bench(new Disk(Object.fromEntries(files)));
    bench.walk(7);
    await bench.work();
    assert.deepEqual(bench.ends, [[7, 'all']]);
    assert.equal(bench.documents, 200);
    assert.ok(bench.nProgress > 1, 'in between, too');
    assert.equal(bench.ask('  const stored = store.g'), "et('settings');");
  });

  it('in a workspace of a million files answers, takes what is edited first, and can be ended', async () => {
    const disk = new HugeDisk('ts');
    const bench = new Bench(disk);
    bench.walk(1);
    await bench.work(40);
    assert.equal(bench.ask('  const stored = store.g'), "et('settings');", 'answers in between');
    let isIndexed = false;
    const indexed = bench.engine.indexTexts([{ id: 'open', text: 'let edited = first();\n' }]);
    void indexed.then(() => (isIndexed = true));
    await bench.work(3);
    assert.ok(isIndexed, 'what is edited does not wait for the walk');
    bench.engine.cancelIndexing();
    await Promise.resolve();
    assert.deepEqual(bench.ends, [[1, 'cancelled']]);
    const { entries } = disk;
    await bench.work();
    assert.ok(disk.entries <= entries + 1 && entries < 100, `${entries}, ${disk.entries}`);
    assert.equal(disk.open, 0);
  });

  it('ends at its limit of tokens and says so', async () => {
    const bench = new Bench(new HugeDisk('ts'), { maxTokens: 500 });
    bench.walk(1);
    await bench.work();
    assert.deepEqual(bench.ends, [[1, 'full']]);
  });

  it('ends the walk before when another begins', async () => {
    const bench = new Bench(new HugeDisk('ts'), { limits: { files: 50, entries: 100 } });
    bench.walk(1);
    await bench.work(5);
    bench.walk(2);
    await bench.work();
    assert.deepEqual(bench.ends, [
      [1, 'cancelled'],
      [2, 'too-many'],
    ]);
  });

  it('the same workspace again and again never fills the index', async () => {
    const files = Array.from({ length: 60 }, (_, i) => [`/w/${i}.ts`, SOURCE.repeat(20)] as const);
    const bench = new Bench(new Disk(Object.fromEntries(files)), { maxTokens: 20_000 });
    for (let walk = 0; walk < 12; walk += 1) {
      bench.walk(walk);
      await bench.work();
    }
    assert.ok(
      bench.ends.every(([, end]) => end === 'all'),
      JSON.stringify(bench.ends),
    );
    assert.equal(bench.documents, 60);
  });

  it('leaves open documents to the editor, those opened on the way as well', async () => {
    const bench = new Bench(new Disk({ '/w/a.ts': SOURCE, '/w/b.ts': SOURCE, '/w/c.ts': SOURCE }));
    bench.walk(1, ['/w/a.ts']);
    void bench.engine.indexTexts([{ id: '/w/c.ts', text: 'let edited = 1;\n' }]);
    await bench.work();
    assert.equal(bench.documents, 2, 'b from the disk, c from the editor');
  });

  it('forgets a folder with all that lies in it, and nothing beside it', async () => {
    const bench = new Bench(
      new Disk({ '/w/a/b.ts': SOURCE, '/w/a/deep/c.ts': SOURCE, '/w/ab.ts': SOURCE, '/w/a.ts': SOURCE }),
    );
    bench.walk(1);
    await bench.work();
    bench.engine.remove(['/w/a']);
    await bench.work();
    assert.equal(bench.documents, 2);
  });

  it('a file that vanished, is binary, or holds a key is passed over', async () => {
    const disk = new Disk({
      '/w/a.ts': SOURCE,
      '/w/binary.ts': 'const\u0000\u0001',
      '/w/key.ts': '-----BEGIN RSA PRIVATE KEY-----\nabc\n',
      '/w/gone.ts': SOURCE,
    });
    const bench = new Bench({
      list: (folder) => disk.list(folder),
      read: (file) => (file.endsWith('gone.ts') ? Promise.resolve(undefined) : disk.read(file)),
    });
    bench.walk(1);
    await bench.work();
    assert.equal(bench.documents, 1);
  });
});
