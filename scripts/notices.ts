/** ThirdPartyNotices.txt: name, version, license and license text of each package that a build put into the .vsix. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

export const noticesFile = 'ThirdPartyNotices.txt';

/** The folder of the innermost package that contains a file, and the file's folder within it. */
const IN_PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/(?:(.*)\/)?[^/]+$/;
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-](?:md|txt|[a-z]+)){0,2}$/i;
const CODE_FILE = /\.(?:[cm]?[jt]s|map|json)$/;
const RULE = '-'.repeat(80);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

type Inputs = Pick<Metafile, 'inputs'>;

/** `lacking`: the folder of license texts by package name, for packages that were published without theirs. */
export function thirdPartyNotices(
  builds: readonly Inputs[],
  root: string,
  lacking = path.join(root, 'scripts/licences'),
): string {
  const parts: string[] = [];
  const without: string[] = [];
  for (const [folder, within] of packagesOf(builds)) {
    const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Manifest;
    const { name, version, license = 'see below' } = manifest;
    const texts = licenceTexts(path.join(root, folder), within);
    const kept = path.join(lacking, `${name.replace('/', '__')}.txt`);
    if (texts.length === 0 && existsSync(kept)) texts.push(textOf(kept));
    if (texts.length === 0) without.push(`${name} ${version}`);
    parts.push([`${name} ${version}`, `License: ${license}`, '', texts.join(`\n\n${RULE}\n\n`)].join('\n'));
  }
  if (without.length > 0) throw new Error(`These packages have no licence text: ${without.join(', ')}`);
  const head = 'PILOT contains code of the following packages, each under its own license.';
  return `${[head, ...parts.sort()].join(`\n\n${'='.repeat(80)}\n\n`)}\n`;
}

/** Maps a package folder to its folders with an input. Files that the bundler removed again count too. */
function packagesOf(builds: readonly Inputs[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of builds.flatMap(({ inputs }) => Object.keys(inputs))) {
    const [, folder, within = ''] = IN_PACKAGE.exec(file) ?? [];
    if (folder !== undefined) found.set(folder, (found.get(folder) ?? new Set()).add(within));
  }
  return found;
}

/**
 * The package's own license texts, and those of code it copied from others, which are beside the copy, in some packages
 * only in `src`.
 */
function licenceTexts(folder: string, within: ReadonlySet<string>): string[] {
  const folders = new Set<string>();
  for (const name of ['', ...within]) {
    for (let at = name; at !== '.' && at !== ''; at = path.posix.dirname(at))
      folders.add(at).add(`src/${at}`);
  }
  const texts = ['', ...[...folders].sort()].flatMap((at) => {
    const place = path.join(folder, at);
    const names = existsSync(place) ? readdirSync(place).sort() : [];
    const files = names.filter((name) => LICENCE_FILE.test(name) && !CODE_FILE.test(name));
    return files.map((name) => (at === '' ? '' : `For ${at}:\n\n`) + textOf(path.join(place, name)));
  });
  return [...new Set(texts)];
}

const textOf = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
