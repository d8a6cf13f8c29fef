import assert from 'node:assert/strict';
import { Eligibility } from '../../../../src/app/inline/eligibility.ts';
import { orderOfTry } from '../../../../src/app/inline/order.ts';
import type { InlineDeps } from '../../../../src/app/inline/ports.ts';
import type { Try } from '../../../../src/app/inline/keystroke.ts';
import { at } from '../../core/inline/fimCase.ts';

describe('pieces of other files', () => {
  const before = 'const connection = openConnection(serverAddress);\n';
  const referencesOf = (text: string): number | undefined => {
    const deps = {
      settings: () => ({ contextTokens: 1000 }),
      context: () => [{ path: 'src/b.ts', text, kind: 'neighbour', age: 0 }],
    } as unknown as InlineDeps;
    const cursor = at(`${before}<|fim|>`);
    const asked = { documentId: 'doc', path: 'src/a.ts', languageId: 'typescript', cursor, tokens: 20 };
    return orderOfTry(deps, new Eligibility(deps), asked as unknown as Try).view.referenceCount;
  };

  it('go along, unless they hold a private key', () => {
    assert.equal(referencesOf(before.repeat(3)), 1);
    assert.equal(referencesOf(`${before}-----BEGIN EC PRIVATE KEY-----\nMHc\n${before}`), 0);
  });
});
