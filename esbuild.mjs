// Builds dist/ (what the .vsix ships) or, with --tests, out/test/ (the suite that runs inside the extension host).
//   --production  minified, without source maps   --watch  rebuilds on change   --tests  the host suite alone
import { cp, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const { values: flags } = parseArgs({
  options: { production: { type: 'boolean' }, watch: { type: 'boolean' }, tests: { type: 'boolean' } },
});

const common = {
  bundle: true,
  metafile: true,
  minify: flags.production === true,
  sourcemap: flags.production !== true,
  legalComments: 'none',
  logLevel: 'warning',
};
const node = { ...common, platform: 'node', format: 'esm', target: 'node22', external: ['vscode'] };

/** The extension and its workers. Each `import()` becomes a file of its own that is read only when it is reached. */
const host = {
  ...node,
  entryPoints: existing({
    extension: 'src/extension.ts',
    storageWorker: 'src/storage/worker.ts',
    localModelWorker: 'src/providers/localModel/worker.ts',
  }),
  outdir: 'dist',
  splitting: true,
  // Flat, so that `new URL('./storageWorker.js', import.meta.url)` holds in whichever file the code ends up.
  chunkNames: 'chunk-[hash]',
};

/** One script per webview page; what they share lies in folders below media/. */
const webviews = {
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  entryPoints: await filesIn('media', '.ts'),
  outdir: 'dist/media',
};

const hostTests = {
  ...node,
  minify: false,
  sourcemap: 'inline',
  entryPoints: [...(await filesIn('test/host', '.ts')), ...(await filesIn('test/host/restricted', '.ts'))],
  outbase: 'test/host',
  outdir: 'out/test/host',
  external: ['vscode', 'mocha'],
  splitting: true,
};

if (flags.tests) {
  await rm('out/test', { recursive: true, force: true });
  await esbuild.build(hostTests);
} else if (flags.watch) {
  await copyStyles();
  for (const options of [host, webviews]) await (await esbuild.context(options)).watch();
  console.log('Watching src and media');
} else {
  await rm('dist', { recursive: true, force: true });
  const [hostResult, webviewResult] = await Promise.all([esbuild.build(host), esbuild.build(webviews)]);
  await copyStyles();
  printSizes({ ...hostResult.metafile.outputs, ...webviewResult.metafile.outputs });
  checkActivation(hostResult);
}

async function copyStyles() {
  for (const file of await filesIn('media', '.css')) await cp(file, path.join('dist', file));
}

async function filesIn(folder, extension) {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension) && !name.endsWith('.d.ts'));
  return names.sort().map((name) => `${folder}/${name}`);
}

function existing(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));
}

function printSizes(outputs) {
  for (const [file, { bytes }] of Object.entries(outputs)) {
    if (!file.endsWith('.map')) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${file}`);
  }
}

/** What activation reads must stay small: the network client loads with the first request, not before. */
function checkActivation({ metafile: { outputs } }) {
  const extension = 'dist/extension.js';
  if (outputs[extension] === undefined) return;
  const read = new Set([extension]);
  for (const file of read) {
    const imports = outputs[file]?.imports ?? [];
    for (const { kind, path: imported } of imports) if (kind === 'import-statement') read.add(imported);
  }
  const sources = [...read].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  const bytes = [...read].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  read at activation`);
  const early = ['openai', 'markdown-it', 'diff'].filter((name) =>
    sources.some((file) => file.startsWith(`node_modules/${name}/`)),
  );
  if (early.length === 0) return;
  console.error(`Read at activation, but must be reached through import() only: ${early.join(', ')}`);
  process.exitCode = 1;
}
