/** Finds the file for the tests of a source file by the conventions of the workspace's existing tests. */

/** Paths relative to the workspace, with `/`. */
interface Named {
  readonly folder: string;
  /** Without its last extension. */
  readonly stem: string;
  readonly ext: string;
}

type Affix = readonly [before: string, after: string];

/** How a test file's name refers to its source file; the first convention of a language is its default. */
const AFFIXES: Readonly<Record<string, readonly Affix[]>> = {
  go: [['', '_test']],
  py: [
    ['test_', ''],
    ['', '_test'],
  ],
  rb: [
    ['', '_spec'],
    ['', '_test'],
    ['test_', ''],
  ],
  java: [
    ['', 'Test'],
    ['', 'Tests'],
    ['', 'IT'],
  ],
  kt: [['', 'Test']],
  cs: [
    ['', 'Tests'],
    ['', 'Test'],
  ],
  php: [['', 'Test']],
  rs: [
    ['', '_test'],
    ['', ''],
  ],
  swift: [['', 'Tests']],
  dart: [['', '_test']],
};
const OTHERS: readonly Affix[] = [
  ['', '.test'],
  ['', '.spec'],
  ['', '_test'],
  ['', '-test'],
];
const affixesOf = (ext: string): readonly Affix[] => AFFIXES[ext] ?? OTHERS;

/** Folders that contain only sources, or only tests. */
const SOURCES = /^(?:src\/main|src|lib|app|source|sources)(?=\/|$)/;
const TESTS = /(?:^|\/)(?:tests?|spec|specs|__tests__|testing|src\/test)(?=\/|$)/;

/** One file of the language for each extension of it. */
const FAMILY: Readonly<Record<string, string>> = {
  tsx: 'ts',
  mts: 'ts',
  cts: 'ts',
  jsx: 'js',
  mjs: 'js',
  cjs: 'js',
};
const familyOf = (ext: string): string => FAMILY[ext] ?? ext;

/** The pattern of VS Code's file search for tests of a source file's language. */
export function testPattern(source: string): string {
  const { ext } = parted(source);
  return `**/{${affixesOf(ext)
    .map(([before, after]) => `${before}*${after}`)
    .join(',')},*test*,*spec*,*Test*}.${ext}`;
}

/** @param tests Files of the workspace, tests and others: files that are not tests by name or folder are left out. */
export function testFileFor(source: string, tests: readonly string[]): string {
  const own = parted(source);
  const family = familyOf(own.ext);
  const known = tests
    .filter((path) => path !== source)
    .map((path) => parted(path))
    .filter(({ ext }) => familyOf(ext) === family);
  const habits = known.flatMap((test) => habitOf(test, own) ?? []);
  const already = known.find(
    (test) =>
      isTest(test) && affixesOf(own.ext).some(([a, b]) => test.stem === a + own.stem + b && a + b !== ''),
  );
  if (already) return joined(already);
  const [affix = affixesOf(own.ext)[0] ?? ['', '.test']] = mostOften(habits.map(({ affix: each }) => each));
  const [place = 'beside'] = mostOften(habits.map(({ place: each }) => each));
  const name = { ...own, stem: affix[0] + own.stem + affix[1] };
  return joined({ ...name, folder: folderOf(own, place) });
}

interface Habit {
  readonly affix: Affix;
  /** `beside`, or the folder of tests, with `/*` where it repeats the sources' folders. */
  readonly place: string;
}

const isTest = ({ folder, stem, ext }: Named): boolean =>
  TESTS.test(folder) ||
  affixesOf(ext).some(([a, b]) => a + b !== '' && stem.startsWith(a) && stem.endsWith(b));

function habitOf(test: Named, own: Named): Habit | undefined {
  if (!isTest(test)) return undefined;
  const affix = affixesOf(test.ext).find(([a, b]) => test.stem.startsWith(a) && test.stem.endsWith(b));
  if (!affix) return undefined;
  return { affix, place: placeOf(test.folder, own) };
}

function placeOf(folder: string, own: Named): string {
  const found = TESTS.exec(folder);
  if (found === null) return 'beside';
  const root = folder.slice(0, found.index + found[0].length);
  if (root.endsWith('__tests__')) return '__tests__';
  const rest = folder.slice(root.length + 1);
  const inner = innerOf(own.folder);
  // A flat folder and one that repeats the sources' folders look alike where the source is at the top.
  return rest !== '' || inner === '' ? `${root}/*` : root;
}

const innerOf = (folder: string): string => folder.replace(SOURCES, '').replace(/^\//, '');

function folderOf({ folder }: Named, place: string): string {
  if (place === 'beside') return folder;
  if (place === '__tests__') return folder === '' ? place : `${folder}/${place}`;
  if (!place.endsWith('/*')) return place;
  const inner = innerOf(folder);
  return inner === '' ? place.slice(0, -2) : `${place.slice(0, -2)}/${inner}`;
}

function mostOften<T>(values: readonly T[]): readonly T[] {
  const counts = new Map<string, { readonly value: T; count: number }>();
  for (const value of values) {
    const key = JSON.stringify(value);
    const seen = counts.get(key) ?? { value, count: 0 };
    counts.set(key, { ...seen, count: seen.count + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map(({ value }) => value);
}

function parted(path: string): Named {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  return {
    folder: slash < 0 ? '' : path.slice(0, slash),
    stem: dot <= 0 ? name : name.slice(0, dot),
    ext: dot <= 0 ? '' : name.slice(dot + 1),
  };
}

const joined = ({ folder, stem, ext }: Named): string =>
  `${folder === '' ? '' : `${folder}/`}${stem}${ext === '' ? '' : `.${ext}`}`;
