export type Page = 'ask' | 'usage' | 'decision';

/** The type under which VS Code restores the panel of a page: what creates it and what restores it must agree. */
export const panelType = (page: Page): string => `pilot.${page}`;
