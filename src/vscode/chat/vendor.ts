/** The vendor of PILOT's models in `vscode.lm`, as package.json contributes it; never one of its own arms. */
export const VENDOR = 'pilot';
