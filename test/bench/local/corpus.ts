/**
 * A folder's source files, split by module: a module is held out with all its variants (other extensions, src and
 * dist), and files that contain most of a held-out file's lines are dropped from training too, so no text is predicted
 * that was read.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isIndexablePath, isIndexableText } from '../../../src/core/local/indexable.ts';
import { IgnoreRules } from '../../../src/core/local/gitignore.ts';

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Split {
  readonly training: readonly SourceFile[];
  readonly heldOut: readonly SourceFile[];
  readonly modules: number;
  /** Training files dropped because they repeat a held-out one. */
  readonly dropped: number;
}

export function readCorpus(root: string): readonly SourceFile[] {
  const rules = new IgnoreRules();
  const files: SourceFile[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    const join = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
    if (entries.some((entry) => entry.isFile() && entry.name === '.gitignore')) {
      rules.add(folder, readFileSync(path.join(root, join('.gitignore')), 'utf8'));
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = join(entry.name);
      if (entry.isDirectory() && isIndexablePath(`${name}/x.ts`) && !rules.isIgnored(`${name}/x`))
        visit(name);
      if (!entry.isFile() || !isIndexablePath(name) || rules.isIgnored(name)) continue;
      const text = readFileSync(path.join(root, name), 'utf8').replace(/\r\n?/g, '\n');
      if (isIndexableText(text)) files.push({ path: name, text });
    }
  };
  visit('');
  return files;
}

const LAYERS = new Set(
  'src source dist lib out build esm cjs mjs es umd commonjs types typings browser node _esm _cjs module'.split(
    ' ',
  ),
);

/** Path and base name without extensions, and without the folders that distinguish sources from build results. */
export function moduleOf(file: string): string {
  const parts = file.split('/');
  const base = (parts.pop() ?? '').replace(/(?!^)\..*$/, '');
  return [...parts.filter((part) => !LAYERS.has(part)), base].join('/');
}

/** Draws at least `share` of the modules, at least three, with `random`. */
export function split(files: readonly SourceFile[], share: number, random: () => number): Split {
  const modules = [...new Set(files.map((file) => moduleOf(file.path)))].sort();
  const shuffled = modules.map((name) => ({ name, key: random() })).sort((a, b) => a.key - b.key);
  const count = Math.max(3, Math.round(share * modules.length));
  const held = new Set(shuffled.slice(0, count).map(({ name }) => name));
  const heldOut = files.filter((file) => held.has(moduleOf(file.path)));
  const rest = files.filter((file) => !held.has(moduleOf(file.path)));
  const training = withoutCopies(rest, heldOut);
  return { training, heldOut, modules: modules.length, dropped: rest.length - training.length };
}

/** Characters: longer lines are rarely equal by chance. */
const TELLING = 30;

function withoutCopies(files: readonly SourceFile[], heldOut: readonly SourceFile[]): readonly SourceFile[] {
  const holders = new Map<string, number[]>();
  const sizes = heldOut.map((file, index) => {
    const lines = tellingLines(file);
    for (const line of lines) holders.set(line, [...(holders.get(line) ?? []), index]);
    return lines.size;
  });
  return files.filter((file) => {
    const shared = new Map<number, number>();
    for (const line of tellingLines(file)) {
      for (const index of holders.get(line) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    }
    return ![...shared].some(([index, count]) => count >= 5 && count > (sizes[index] ?? 0) / 2);
  });
}

const tellingLines = ({ text }: SourceFile): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length >= TELLING),
  );
