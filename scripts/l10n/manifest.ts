/** The texts of package.json that users see: each must be a `%key%` of package.nls.json. */

type Json = Readonly<Record<string, unknown>>;
type Catalog = Readonly<Record<string, string>>;

export interface ManifestText {
  /** The used keys with their English text. */
  readonly texts: Catalog;
  readonly faults: readonly string[];
}

/** Members whose text VS Code shows, anywhere in `contributes` and `capabilities`. */
const shown: ReadonlySet<string> = new Set([
  'title',
  'displayName',
  'description',
  'markdownDescription',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'enumItemLabels',
  'deprecationMessage',
  'markdownDeprecationMessage',
  'patternErrorMessage',
  'errorMessage',
  'category',
  'shortTitle',
  'fullName',
  'contextualTitle',
  'altText',
  'label',
  'contents',
  'sampleRequest',
]);
/** `name` is an id in most places, but a text in a view. */
const viewName = /^contributes\.views\./;
/** Proper names, the same in every language. */
const names: ReadonlySet<string> = new Set([
  'PILOT',
  'OpenAI',
  'OpenRouter',
  'Mistral',
  'DeepSeek',
  'xAI',
  'Groq',
  'Together AI',
  'Chat Completions',
  'Responses (OpenAI)',
  'Messages (Anthropic)',
]);
const wholeKey = /^%([\w.-]+)%$/;

export function manifestText(manifest: Json, english: Catalog): ManifestText {
  const texts: Record<string, string> = {};
  const faults: string[] = [];
  const visible = [
    ...textsIn({ description: manifest['description'] }, ''),
    ...textsIn(manifest['contributes'], 'contributes'),
    ...textsIn(manifest['capabilities'], 'capabilities'),
  ];
  for (const { at, text } of visible) {
    const key = wholeKey.exec(text)?.[1];
    if (key === undefined) {
      if (!names.has(text)) faults.push(`package.json: ${at} says "${text}" in English only`);
    } else if (english[key] === undefined) faults.push(`package.nls.json: "${key}" has no text`);
    else texts[key] = english[key];
  }
  const unused = Object.keys(english).filter((key) => texts[key] === undefined);
  return {
    texts,
    faults: [...faults, ...unused.map((key) => `package.nls.json: "${key}" is not used any more`)],
  };
}

function textsIn(value: unknown, at: string): readonly { readonly at: string; readonly text: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${at}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = at === '' ? name : `${at}.${name}`;
    const isText = shown.has(name) || (name === 'name' && viewName.test(at));
    if (isText && typeof member === 'string') return [{ at: here, text: member }];
    if (isText && Array.isArray(member) && member.every((item) => typeof item === 'string'))
      return member.map((text, index) => ({ at: `${here}[${index}]`, text }));
    // A setting's `default` and `enum` are values, and the names in its `properties` are the user's own keys.
    return name === 'default' || name === 'enum' ? [] : textsIn(member, here);
  });
}
