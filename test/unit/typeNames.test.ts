/** Names: a type's name has one meaning in all of src, and a file called engine.ts is the composition root's or app's. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.replaceAll(path.sep, '/'));
const sources = files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')] as const);

/** Names of types, interfaces and classes that more than one file defines, exported or not. */
function twice(texts: readonly (readonly [file: string, text: string])[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const [file, text] of texts)
    for (const [, name = ''] of text.matchAll(/^(?:export )?(?:abstract )?(?:type|interface|class) (\w+)/gm))
      places.set(name, [...(places.get(name) ?? []), file]);
  return [...places].filter(([, at]) => at.length > 1).map(([name, at]) => `${name}: ${at.join(', ')}`);
}

describe('names of types', () => {
  it('have one meaning in all of src', () => {
    assert.ok(sources.length > 350);
    assert.deepEqual(twice(sources), []);
  });

  it('that two files define are found', () => {
    const found = twice([
      ['a.ts', 'export interface Offer {}\nconst offer = 1;\n'],
      ['b.ts', 'type Offer = string;\nexport class Other {}\n'],
    ]);
    assert.deepEqual(found, ['Offer: a.ts, b.ts']);
  });

  it('no third file is called engine.ts', () => {
    assert.deepEqual(files.filter((file) => path.posix.basename(file) === 'engine.ts').toSorted(), [
      'src/app/call/engine.ts',
      'src/engine.ts',
    ]);
  });

  it('one file says what an object and a record are', () => {
    const own = sources.filter(([, text]) => /=== 'object' &&|!== 'object' \|\|/.test(text));
    assert.deepEqual(
      own.map(([file]) => file),
      ['src/core/shape.ts'],
    );
  });
});
