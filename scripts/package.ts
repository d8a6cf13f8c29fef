/** `npm run package`: builds the .vsix and checks what went into it. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { inRoot, root, vsixFile } from './host/paths.ts';
import { run } from './host/processes.ts';
import { noticesFile } from './notices.ts';

const maxBytes = 2 * 1024 * 1024;
const meantForIt =
  /^(package\.json|package\.nls.*\.json|README\.md|CHANGELOG\.md|LICENSE|ThirdPartyNotices\.txt|l10n\/.*\.json|dist\/.*\.(c?js|css)|media\/.*\.(svg|png|md|json))$/;

/** Builds for production through `vscode:prepublish`, as an upload to the marketplace does; returns the file's path. */
export async function packageExtension(): Promise<string> {
  mkdirSync(path.dirname(vsixFile), { recursive: true });
  rmSync(vsixFile, { force: true });
  const output = await vsce('package', '--no-dependencies', '--out', vsixFile);
  if (/\bWARNING\b/.test(output)) throw new Error(`vsce warns:\n${output}`);

  const files = (await vsce('ls', '--no-dependencies')).split('\n').map((line) => line.trim());
  const stray = files.filter((file) => /^[\w.-]+(\/[\w.-]+)*$/.test(file) && !meantForIt.test(file));
  if (stray.length > 0) throw new Error(`Not meant for the package, see .vscodeignore: ${stray.join(', ')}`);

  if (!files.includes(noticesFile)) throw new Error(`The package lacks ${noticesFile}.`);

  const { size } = statSync(vsixFile);
  if (size > maxBytes) throw new Error(`The package is larger than ${maxBytes / 1024} KB.`);
  return vsixFile;
}

async function vsce(...args: readonly string[]): Promise<string> {
  const program = inRoot('node_modules/@vscode/vsce/vsce');
  const { code, output } = await run(process.execPath, [program, ...args], {
    cwd: root,
    timeoutMs: 120_000,
    quiet: true,
  });
  if (code !== 0) throw new Error(`vsce ${args[0] ?? ''} failed:\n${output}`);
  return output;
}

/** The package's path below the root and its size. */
export const describePackage = (file: string): string =>
  `${path.relative(root, file)} (${(statSync(file).size / 1024).toFixed(0)} KB)`;

if (import.meta.main) console.log(describePackage(await packageExtension()));
