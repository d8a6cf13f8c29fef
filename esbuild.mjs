// Builds dist/ (what the .vsix ships) or, with --tests, out/test/ (the suite that runs inside the extension host).
//   --production  minified, without source maps, and ThirdPartyNotices.txt   --watch  rebuilds on change
//   --tests  the host suite alone   --metafiles  writes nothing, prints the metafiles of the three builds
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const { values: flags } = parseArgs({
  options: {
    production: { type: 'boolean' },
    watch: { type: 'boolean' },
    tests: { type: 'boolean' },
    metafiles: { type: 'boolean' },
  },
});

const common = {
  bundle: true,
  metafile: true,
  write: flags.metafiles !== true,
  minify: flags.production === true,
  sourcemap: flags.production !== true,
  legalComments: 'none',
  logLevel: 'warning',
};
const node = { ...common, platform: 'node', format: 'esm', target: 'node22', external: ['vscode'] };

/**
 * The code that activation reads, in one file, even where later parts contain the same code. With code splitting it was
 * about thirty small chunks, which took longer to open than to run. CommonJS, which VS Code loads in one step: an ES
 * module loads in several (its loader's thread, each import), and the editor's other start-up work runs between them.
 */
const laterParts = new Map();
const extension = {
  ...node,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  entryPoints: existing({ extension: 'src/extension.ts' }),
  outdir: 'dist',
  plugins: [
    {
      // Keeps the module as it is: esbuild would copy VS Code's whole interface for each file that imports it.
      name: 'vscode-uncopied',
      setup: ({ onLoad }) =>
        onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => ({
          contents: (await readFile(file, 'utf8')).replace(
            /^import \* as vscode from 'vscode';$/m,
            "const vscode = require('vscode');",
          ),
          loader: 'ts',
        })),
    },
    {
      name: 'later-parts',
      setup: ({ onResolve }) =>
        onResolve({ filter: /./ }, ({ kind, path: imported, resolveDir }) => {
          if (kind !== 'dynamic-import') return undefined;
          const isLocal = imported.startsWith('.');
          const source = isLocal
            ? path.relative('.', path.resolve(resolveDir, imported)).replaceAll(path.sep, '/')
            : imported;
          const name = source
            .replace(/^src\//, '')
            .replace(/\.ts$/, '')
            .replaceAll('/', '-');
          laterParts.set(name, source);
          return { path: `./${name}.js`, external: true };
        }),
    },
  ],
};

/** The code that `import()` loads later, and the workers; each `import()` in it is a file of its own. */
const later = () => ({
  ...node,
  entryPoints: {
    ...Object.fromEntries(laterParts),
    ...existing({
      storageWorker: 'src/storage/worker/worker.ts',
      localModelWorker: 'src/providers/localModel/worker.ts',
    }),
  },
  outdir: 'dist',
  splitting: true,
  // A flat folder, so that `new URL('./storageWorker.js', import.meta.url)` is right in every chunk.
  chunkNames: 'chunk-[hash]',
});

/** One script for each webview page; shared code is in folders below media/. */
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
  entryPoints: (
    await Promise.all(
      ['test/host', 'test/host/restricted', 'test/host/measure'].map((folder) => filesIn(folder, '.ts')),
    )
  ).flat(),
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
  await esbuild.build(extension);
  for (const options of [extension, later(), webviews]) await (await esbuild.context(options)).watch();
  console.log('Watching src and media');
} else if (flags.metafiles) {
  console.log(JSON.stringify((await buildAll()).map(({ metafile }) => metafile)));
} else {
  await rm('dist', { recursive: true, force: true });
  const [first, rest, pages] = await buildAll();
  await copyStyles();
  printSizes({ ...first.metafile.outputs, ...rest.metafile.outputs, ...pages.metafile.outputs });
  checkActivation(first);
  if (flags.production) await writeNotices([first, rest, pages]);
}

async function buildAll() {
  const first = await esbuild.build(extension);
  return [first, ...(await Promise.all([esbuild.build(later()), esbuild.build(webviews)]))];
}

async function writeNotices(builds) {
  const { noticesFile, thirdPartyNotices } = await import('./scripts/notices.ts');
  const metafiles = builds.map(({ metafile }) => metafile);
  await writeFile(noticesFile, thirdPartyNotices(metafiles, '.'));
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

/** Fails where activation reads a large package: the network clients must load with the first request. */
function checkActivation({ metafile: { outputs } }) {
  const sources = Object.keys(outputs['dist/extension.cjs']?.inputs ?? {});
  const early = ['openai', '@anthropic-ai/sdk', 'markdown-it', 'diff'].filter((name) =>
    sources.some((file) => file.startsWith(`node_modules/${name}/`)),
  );
  if (early.length === 0) return;
  console.error(`Read at activation, but must be reached through import() only: ${early.join(', ')}`);
  process.exitCode = 1;
}
