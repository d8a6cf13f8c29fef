import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const node = builtinModules.filter((name) => !name.startsWith('_') && !name.includes(':'));
const message = 'Imports point down only (README, "Layers").';
const layer = (files, ...forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: forbidden.filter((name) => !name.includes('*')).map((name) => ({ name, message })),
        patterns: [{ group: forbidden.filter((name) => name.includes('*')), message }],
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
  layer(
    ['src/core/**/*.ts'],
    'vscode',
    'openai',
    ...node,
    'node:*',
    '**/app/**',
    '**/vscode/**',
    '**/providers/**',
    '**/storage/**',
  ),
  layer(
    ['src/app/**/*.ts'],
    'vscode',
    'openai',
    ...node,
    'node:*',
    '**/vscode/**',
    '**/providers/**',
    '**/storage/**',
  ),
  layer(['src/providers/**/*.ts', 'src/storage/**/*.ts'], 'vscode', '**/vscode/**'),
  layer(
    ['media/**/*.ts'],
    'vscode',
    'openai',
    ...node,
    'node:*',
    '**/app/**',
    '**/core/**',
    '**/vscode/**',
    '**/providers/**',
    '**/storage/**',
  ),
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
