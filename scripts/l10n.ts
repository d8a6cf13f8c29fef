/**
 * `npm run l10n`: updates l10n/ and package.nls.*.json from the strings of src/ and package.json: removes unused
 * strings, sorts the others, and lists those without a translation (VS Code shows them in English). A unit test runs
 * the same audit.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './host/paths.ts';
import { manifestText } from './l10n/manifest.ts';
import { sourceStrings } from './l10n/source.ts';

/** VS Code's ids of the translated display languages; the source is English. */
const languages = ['de', 'zh-cn'] as const;

type Catalog = Readonly<Record<string, string>>;

interface Translations {
  readonly file: string;
  /** Key and English text; in the bundles the English text is the key. */
  readonly source: Catalog;
  readonly translated: Catalog;
}

/** All faults, one line each; empty = each language is complete. */
export function auditL10n(): readonly string[] {
  const { strings, faults } = sourceStrings(inRoot('src'));
  const manifest = manifestText(readJson('package.json'), readJson('package.nls.json'));
  return [...faults, ...manifest.faults, ...all(strings, manifest.texts).flatMap(auditTranslations)];
}

function update(): void {
  const { strings } = sourceStrings(inRoot('src'));
  const { texts } = manifestText(readJson('package.json'), readJson('package.nls.json'));
  mkdirSync(inRoot('l10n'), { recursive: true });
  for (const { file, source, translated } of all(strings, texts)) {
    const keys = Object.keys(source).filter((key) => (translated[key] ?? '').trim() !== '');
    keys.sort((a, b) => (a < b ? -1 : 1));
    writeJson(file, Object.fromEntries(keys.map((key) => [key, translated[key]])));
  }
}

const all = (strings: Catalog, texts: Catalog): readonly Translations[] =>
  languages.flatMap((language) => [
    translations(`l10n/bundle.l10n.${language}.json`, strings),
    translations(`package.nls.${language}.json`, texts),
  ]);

const translations = (file: string, source: Catalog): Translations => ({
  file,
  source,
  translated: readJson(file),
});

function auditTranslations({ file, source, translated }: Translations): readonly string[] {
  const missing = Object.keys(source).filter((key) => (translated[key] ?? '').trim() === '');
  const stale = Object.keys(translated).filter((key) => source[key] === undefined);
  const different = Object.keys(source).filter((key) => {
    const text = translated[key];
    return text !== undefined && text !== '' && marksOf(text) !== marksOf(source[key] ?? '');
  });
  return [
    ...missing.map((key) => `${file}: "${key}" is not translated`),
    ...stale.map((key) => `${file}: "${key}" is not used any more`),
    ...different.map((key) => `${file}: "${key}" has other placeholders, icons, links or settings`),
  ];
}

/** The parts that a translation must keep: `{0}`, `$(icon)`, `command:id`, `#pilot.setting#`, `code`. */
const marksOf = (text: string): string =>
  (text.match(/\{\w+\}|\$\([\w~-]+\)|command:[\w.]+|#[\w.]+#|`[^`]+`/g) ?? []).sort().join(' ');

function readJson(file: string): Record<string, string> {
  if (!existsSync(inRoot(file))) return {};
  return JSON.parse(readFileSync(inRoot(file), 'utf8')) as Record<string, string>;
}

const writeJson = (file: string, value: object): void =>
  writeFileSync(path.join(inRoot(), file), `${JSON.stringify(value, undefined, 2)}\n`);

if (import.meta.main) {
  update();
  const faults = auditL10n();
  for (const fault of faults) console.log(fault);
  console.log(faults.length === 0 ? 'Every string is translated.' : `${faults.length} to mend.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
