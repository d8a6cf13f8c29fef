import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const node = builtinModules.flatMap((name) => [name, `node:${name}`]).concat(['node:sqlite']);
const layer = (files, ...forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: forbidden
          .flatMap((entry) => entry.names ?? [])
          .map((name) => ({ name, message: 'Imports point down only (README, "Layers").' })),
        patterns: forbidden
          .flatMap((entry) => entry.patterns ?? [])
          .map((group) => ({ group: [group], message: 'Imports point down only (README, "Layers").' })),
      },
    ],
  },
});

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
      curly: ['error', 'multi-line'],
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
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
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
  layer(['src/core/**/*.ts'], {
    names: ['vscode', 'openai', ...node],
    patterns: ['**/app/**', '**/vscode/**', '**/providers/**', '**/storage/**'],
  }),
  { files: ['src/core/**/*.ts'], ignores: ['src/core/linalg.ts'], rules: {} },
  layer(['src/app/**/*.ts'], {
    names: ['vscode', 'openai', ...node],
    patterns: ['**/vscode/**', '**/providers/**', '**/storage/**'],
  }),
  layer(['src/providers/**/*.ts', 'src/storage/**/*.ts'], { names: ['vscode'], patterns: ['**/vscode/**'] }),
  layer(['media/**/*.ts'], {
    names: ['vscode', 'openai', ...node],
    patterns: ['**/app/**', '**/core/**', '**/vscode/**', '**/providers/**', '**/storage/**'],
  }),
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
