export type Page = 'ask' | 'usage' | 'decision';

/** The type under which VS Code restores a page's panel; creation and restoration must use the same. */
export const panelType = (page: Page): string => `pilot.${page}`;
