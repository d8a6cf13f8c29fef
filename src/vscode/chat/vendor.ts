/** The vendor of PILOT's models in `vscode.lm`, as contributed in package.json; its models are never arms. */
export const VENDOR = 'pilot';
