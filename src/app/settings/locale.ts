/**
 * The locale of numbers, amounts and dates: the language of the interface. Where the machine's locale has the same
 * language, the machine's variant is used (British dates in an English VS Code on a British machine).
 */
export function localeFor(displayLanguage: string, machine: string): string {
  const shown = canonical(displayLanguage);
  return shown === undefined || languageOf(shown) === languageOf(machine) ? machine : shown;
}

/** Undefined where `Intl` would throw. */
function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** With the script where the tag names one, since Chinese has two. */
function languageOf(tag: string): string {
  const { language, script = '' } = new Intl.Locale(tag).maximize();
  return `${language}-${script}`;
}
