/**
 * How numbers, amounts and dates are written: as the language of the sentences around them does. Where that is the
 * machine's language too, the machine's own kind of it (British dates in an English VS Code on a British machine).
 */
export function localeFor(displayLanguage: string, machine: string): string {
  const shown = canonical(displayLanguage);
  return shown === undefined || languageOf(shown) === languageOf(machine) ? machine : shown;
}

/** Undefined for what `Intl` would throw at. */
function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** With the script where the tag names one: Chinese is written in two. */
function languageOf(tag: string): string {
  const { language, script = '' } = new Intl.Locale(tag).maximize();
  return `${language}-${script}`;
}
