/** Under which VS Code restores the Ask panel: what creates it and what restores it must agree. */
export const panelType = 'pilot.ask';
