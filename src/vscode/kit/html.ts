import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { locale } from './locale.ts';

/** The only folder a webview can load from: its bundled scripts and style sheets. */
export const webviewRoot = (extensionUri: vscode.Uri): vscode.Uri =>
  vscode.Uri.joinPath(extensionUri, 'dist', 'media');

/**
 * The shell of a webview. Nothing remote, no inline code, no frames, no forms: the model's words are rendered inside,
 * and whatever slips through the sanitiser must find nothing it could use.
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: string,
  title: string,
): string {
  const nonce = randomBytes(18).toString('base64');
  const uri = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${locale()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${uri('base.css')}">
<link rel="stylesheet" href="${uri(`${name}.css`)}">
</head>
<body>
<main id="root"></main>
<script nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
</body>
</html>`;
}
