/** The two packages of models' protocols are half of all code: neither may be loaded before a prompt needs it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..', '..', 'src');
const STATIC = /^import\s+(?!type\b)[^;]*?from '(openai|@anthropic-ai\/sdk)(?:\/[^']*)?';/gm;

const staticImports = (source: string): string[] => [...source.matchAll(STATIC)].map(([, name]) => name!);

describe('packages of models’ protocols', () => {
  it('are imported for their types, or when a call is made', () => {
    const files = globSync('**/*.ts', { cwd: root });
    const found = files.filter(
      (file) => staticImports(readFileSync(path.join(root, file), 'utf8')).length > 0,
    );
    assert.deepEqual(found, []);
    const dynamic = files.filter((file) =>
      readFileSync(path.join(root, file), 'utf8').includes("import('@anthropic-ai/sdk')"),
    );
    assert.deepEqual(
      dynamic.map((file) => path.basename(file)),
      ['client.ts'],
    );
  });

  it('would be noticed otherwise', () => {
    assert.deepEqual(staticImports("import OpenAI from 'openai';\nimport type A from '@anthropic-ai/sdk';"), [
      'openai',
    ]);
    assert.deepEqual(staticImports("import {\n  a,\n} from '@anthropic-ai/sdk/x';"), ['@anthropic-ai/sdk']);
  });
});
