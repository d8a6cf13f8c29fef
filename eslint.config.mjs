import path from 'node:path';
import tseslint from 'typescript-eslint';

/**
 * The only table of which folder may import which (docs/architecture.md), with the layers (`floors`) from the bottom up.
 * `under`: lower layers whose folders this layer's files may import. `packages`: packages they may import, `node` for
 * Node's own modules. `rooms`: each folder of the layer ('.' = its root) with the folders of the same layer it may
 * import; `type FILE` allows the types of one file. test/unit/layers.test.ts checks that no two folders import each
 * other, and that the table has every folder.
 */
export const floors = {
  'src/core': {
    under: [],
    packages: ['diff', 'lru-cache', 'ml-matrix'],
    rooms: {
      '.': [],
      edit: ['.', 'inline', 'learning'],
      features: ['.'],
      inline: ['.', 'inline/fim', 'learning'],
      'inline/fim': ['.'],
      learning: ['.', 'features', 'models', 'money'],
      local: ['.'],
      models: ['.', 'money'],
      money: ['.'],
      'money/policies': ['.', 'money'],
      routing: ['.', 'features', 'learning', 'models', 'money', 'money/policies'],
    },
  },
  'src/protocol': { under: ['src/core'], packages: [], rooms: { '.': [] } },
  'src/app': {
    under: ['src/core'],
    packages: ['diff'],
    rooms: {
      ports: [],
      settings: ['ports'],
      call: ['ports', 'settings'],
      usage: ['ports'],
      setup: ['ports', 'settings'],
      exchange: ['call', 'ports', 'usage'],
      ask: ['call', 'ports', 'settings'],
      edit: ['ask', 'call', 'ports'],
      commit: ['ask'],
      inline: ['ask', 'call', 'ports', 'settings'],
      chat: ['ask', 'call', 'ports', 'settings'],
    },
  },
  'src/threads': { under: ['src/core'], packages: ['node'], rooms: { '.': [] } },
  'src/storage': {
    under: ['src/core', 'src/app', 'src/threads'],
    packages: ['node'],
    rooms: { '.': [], host: ['.', 'type worker/operations.ts'], worker: ['.'] },
  },
  'src/providers': {
    under: ['src/core', 'src/app', 'src/threads'],
    packages: ['@anthropic-ai/sdk', 'node', 'openai'],
    rooms: {
      '.': [],
      http: ['.'],
      localModel: ['.'],
      openai: ['.', 'http'],
      messages: ['.', 'http'],
      client: ['.', 'http', 'messages', 'openai'],
    },
  },
  'src/vscode': {
    under: ['src/core', 'src/protocol', 'src/app', 'src/storage', 'src/providers'],
    packages: ['node', 'vscode'],
    rooms: {
      kit: [],
      settings: ['kit'],
      words: ['kit', 'settings'],
      money: ['kit', 'settings', 'words'],
      reports: ['kit', 'settings', 'words'],
      chat: ['kit', 'settings', 'words'],
      models: ['chat', 'kit', 'settings', 'words'],
      ask: ['kit', 'money', 'settings', 'words'],
      edit: ['ask', 'kit', 'words'],
      commit: ['kit', 'words'],
      inline: ['kit', 'money', 'settings', 'words'],
      setup: ['kit', 'money', 'settings', 'words'],
      steering: ['kit', 'money', 'reports', 'settings', 'words'],
    },
  },
  media: {
    under: ['src/protocol'],
    packages: ['dompurify', 'markdown-it'],
    rooms: { '.': ['ask', 'usage'], ask: [], usage: ['ask'] },
  },
};

/** The layer and the room of a file or folder below the root; undefined for files outside of them (src/extension.ts). */
function placeOf(folder) {
  const floor = Object.keys(floors).find((name) => folder === name || folder.startsWith(`${name}/`));
  return floor && { floor, room: folder === floor ? '.' : folder.slice(floor.length + 1) };
}

/** The fault of an import of `name` by a file in `folder`; undefined = none. */
export function faultOf(folder, name, isTypeOnly = false) {
  const from = placeOf(folder);
  const { under, packages, rooms } = floors[from.floor];
  if (!name.startsWith('.')) {
    const first = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
    const allowed = packages.includes(first) || (packages.includes('node') && /^node:/.test(name));
    return allowed ? undefined : `${from.floor} may not import the package ${name}.`;
  }
  const file = path.posix.join(folder, name);
  const target = path.posix.dirname(file);
  const to = placeOf(target);
  if (to === undefined || to.floor !== from.floor)
    return to && under.includes(to.floor) ? undefined : `${from.floor} may not import from ${target}.`;
  const typesOf = isTypeOnly && `type ${path.posix.relative(from.floor, file)}`;
  const allowed =
    to.room === from.room || rooms[from.room]?.some((room) => [to.room, typesOf].includes(room));
  return allowed ? undefined : `${folder} may not import from ${target}.`;
}

/** Checks static, type-only and dynamic imports. */
const roomRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = path.relative(import.meta.dirname, context.filename).replaceAll(path.sep, '/');
    const check = ({ source, importKind }) => {
      if (typeof source?.value !== 'string') return;
      const fault = faultOf(path.posix.dirname(file), source.value, importKind === 'type');
      if (fault)
        context.report({
          node: source,
          message: `${fault} The table in eslint.config.mjs says which room may import which.`,
        });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'out/',
      'node_modules/',
      'tools/',
      'test/workspace/',
      '.pilot-start/',
      '*.mjs',
      '.vscode-test/',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/core/tsconfig.json', './media/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'max-params': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'console', 'process', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Core gets the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Core gets its randomness as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression',
          message: 'Core imports statically, so that a plain-Node test sees every import.',
        },
      ],
    },
  },
  {
    files: Object.keys(floors).map((floor) => `${floor}/**/*.ts`),
    plugins: { pilot: { rules: { rooms: roomRule } } },
    rules: { 'pilot/rooms': 'error' },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['it', 'describe'], package: 'mocha' }] },
      ],
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
