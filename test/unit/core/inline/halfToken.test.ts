import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stripArtefacts } from '../../../../src/core/inline/artefacts.ts';
import { FIM_FORMAT_IDS, type FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { at } from './fimCase.ts';

const shown = (raw: string, atCap: boolean, id: FimFormatId = 'qwen', marked = 'let a = <|fim|>\n'): string =>
  stripArtefacts(raw, {
    format: fimFormat(id) ?? assert.fail(id),
    cursor: at(marked),
    languageId: 'typescript',
    atCap,
  });

describe('half a token at the output cap', () => {
  const halves: readonly (readonly [FimFormatId, string])[] = [
    ['qwen', '<|endoft'],
    ['qwen', '<|fim_mid'],
    ['qwen', '<|'],
    ['suffix', '<|fim_middle|'],
    ['suffix', '<|endoft'],
    ['starcoder', '<fim_mid'],
    ['suffix', '<fim_mid'],
    ['stablecode', '</fim_'],
    ['codellama', ' <EOT'],
    ['deepseek', '<｜end▁of▁sent'],
    ['suffix', '<｜'],
    ['seed-coder', '<[fim-mid'],
    ['codestral', '[SUFF'],
    ['codegemma', '<start_of'],
    ['chat', '</COMPLE'],
  ];
  for (const [id, half] of halves) {
    it(`${id}: ${half}`, () => {
      const raw = id === 'chat' ? `<COMPLETION>f(x)${half}` : `f(x)${half}`;
      assert.equal(shown(raw, true, id).trimEnd(), 'f(x)');
      // The model itself ended here, so its text is complete.
      assert.ok(shown(raw, false, id).endsWith(half));
    });
  }

  it('what may be code stays: a comparison, a type, a tag, an index, an operator of the file', () => {
    for (const code of ['a <', 'Map<E', 'Array<PR', '<st', 'days[SU', 'a[', 'x | y |', '<div', '</s'])
      for (const id of FIM_FORMAT_IDS.filter((each) => fimFormat(each) !== undefined && each !== 'chat'))
        assert.equal(shown(code, true, id), code, id);
    assert.equal(shown('g <|', true, 'qwen', 'f <| x\n<|fim|>\n'), 'g <|');
    assert.equal(shown('"<|endoft', true, 'suffix', 'const end = "<|endoftext|>";\n<|fim|>\n'), '"<|endoft');
  });

  it('a fence that would have closed the answer goes, the end of a template string stays', () => {
    assert.equal(shown('```ts\nf(x)\n``', true), 'f(x)');
    assert.equal(shown('`a\n`', true), '`a\n`');
  });

  it('nothing but an end is taken away, for each family’s tokens cut anywhere', () => {
    const ids = FIM_FORMAT_IDS.filter((id) => (fimFormat(id)?.tokens.length ?? 0) > 0);
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.nat(), fc.nat(), (id, which, cut) => {
        const tokens = (fimFormat(id)?.tokens ?? []).filter((token) => token.length > 5);
        fc.pre(tokens.length > 0);
        const token = tokens[which % tokens.length] ?? '';
        const half = token.slice(0, 4 + (cut % (token.length - 4)));
        const open = id === 'chat' ? '<COMPLETION>' : '';
        assert.equal(shown(`${open}f(x)${half}`, true, id), 'f(x)', half);
      }),
    );
  });
});
