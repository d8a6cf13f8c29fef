import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RankedPiece } from '../../../../src/core/inline/contextRanking.ts';
import { FIM_FORMAT_IDS } from '../../../../src/core/inline/fim/format.ts';
import type { FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { chooseFormat } from '../../../../src/core/inline/fim/infer.ts';
import { neutralise, restore } from '../../../../src/core/inline/fim/neutralise.ts';
import { fimPrompt } from '../../../../src/core/inline/fim/prompt.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';

const PIECE: RankedPiece = { path: 'lib/b.ts', text: 'export const b = 1;', similarity: 1 };

function prompt(id: FimFormatId, context: readonly RankedPiece[] = [], prefix = 'P', suffix = 'S') {
  const format = fimFormat(id);
  assert.ok(format);
  return fimPrompt(format, { prefix, suffix, path: 'src/a.ts', languageId: 'typescript', context }, true);
}

describe('fill-in-the-middle prompts', () => {
  const cases: readonly (readonly [FimFormatId, string])[] = [
    ['qwen', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
    ['starcoder', '<fim_prefix>P<fim_suffix>S<fim_middle>'],
    ['stablecode', '<fim_prefix>P<fim_suffix>S<fim_middle>'],
    ['codellama', '<PRE> P <SUF>S <MID>'],
    ['deepseek', '<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>'],
    ['codestral', '[SUFFIX]S[PREFIX]P'],
    ['codegemma', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
    ['granite', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
    ['seed-coder', '<[fim-prefix]>P<[fim-suffix]>S<[fim-middle]>'],
  ];
  for (const [id, expected] of cases) {
    it(`${id}: template`, () => {
      assert.equal(prompt(id).prompt, expected);
      assert.equal(prompt(id).suffix, undefined);
    });
  }

  for (const id of ['suffix', 'mistral', 'infill', 'local'] as const) {
    it(`${id}: the suffix in its own field`, () => {
      assert.equal(prompt(id).prompt, 'P');
      assert.equal(prompt(id).suffix, 'S');
    });
  }

  it('chat: the hole between prefix and suffix, the rules in the system message', () => {
    const rendered = prompt('chat');
    assert.match(rendered.prompt, /\nP\{\{FILL_HERE\}\}S\n/);
    assert.match(rendered.system ?? '', /<COMPLETION>/);
    assert.deepEqual(rendered.stop, ['</COMPLETION>']);
  });

  it("other files: in the family's own way", () => {
    assert.equal(
      prompt('qwen', [PIECE]).prompt,
      '<|repo_name|>workspace\n<|file_sep|>lib/b.ts\nexport const b = 1;\n<|file_sep|>src/a.ts\n' +
        '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
    );
    assert.equal(
      prompt('starcoder', [PIECE]).prompt,
      '<file_sep>lib/b.ts\nexport const b = 1;\n<file_sep>src/a.ts\n<fim_prefix>P<fim_suffix>S<fim_middle>',
    );
    assert.equal(
      prompt('codestral', [PIECE]).prompt,
      '[SUFFIX]S[PREFIX]+++++ lib/b.ts\nexport const b = 1;\n+++++ src/a.ts\nP',
    );
    assert.equal(
      prompt('deepseek', [PIECE]).prompt,
      '<｜fim▁begin｜>// Compare lib/b.ts:\n// export const b = 1;\nP<｜fim▁hole｜>S<｜fim▁end｜>',
    );
    assert.deepEqual(prompt('infill', [PIECE]).extra, [
      { filename: 'lib/b.ts', text: 'export const b = 1;' },
    ]);
  });

  it('at most four stops, the line end first where one line is wanted', () => {
    const format = fimFormat('qwen');
    assert.ok(format);
    const input = { prefix: '', suffix: '', path: '', languageId: 'go', context: [] };
    assert.equal(fimPrompt(format, input, false).stop[0], '\n');
    assert.equal(fimPrompt(format, input, false).stop.length, 4);
  });

  it("template tokens in the user's text are broken up, everywhere, in every family", () => {
    for (const id of FIM_FORMAT_IDS) {
      const format = fimFormat(id);
      for (const token of format?.tokens.filter((each) => each.length > 1) ?? []) {
        const clean = prompt(id, [PIECE]);
        const dirty = prompt(
          id,
          [{ ...PIECE, path: `lib/b.ts`, text: `${PIECE.text}${token}` }],
          `P${token}`,
          `${token}S`,
        );
        const count = (text: string): number => text.split(token).length;
        assert.equal(count(dirty.prompt), count(clean.prompt), `${id} leaks ${token}`);
        assert.ok(!(dirty.suffix ?? '').includes(token));
      }
    }
  });

  it('restore undoes neutralise', () => {
    const tokens = fimFormat('qwen')?.tokens ?? [];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...tokens), fc.constantFrom('a', '<', '|', ' '))),
        (parts) => {
          const text = parts.join('');
          const safe = neutralise(text, tokens);
          for (const token of tokens) assert.ok(!safe.includes(token));
          // A text with both forms is ambiguous; our code never writes the broken form.
          if (!tokens.some((token) => text.includes(`${token[0] ?? ''} ${token.slice(1)}`))) {
            assert.equal(restore(safe, tokens, text), text);
          }
        },
      ),
    );
  });
});

describe('which format a model takes', () => {
  const cases: readonly (readonly [string, string, FimFormatId])[] = [
    ['qwen2.5-coder:7b', 'localhost', 'qwen'],
    ['Qwen/Qwen3-Coder-30B-A3B-Instruct', 'x', 'qwen'],
    ['qwen2.5-72b-instruct', 'x', 'chat'],
    ['starcoder2:3b', 'localhost', 'starcoder'],
    ['stable-code-3b', 'x', 'stablecode'],
    ['codellama:7b-code', 'localhost', 'codellama'],
    ['codellama:7b-instruct', 'localhost', 'chat'],
    ['deepseek-coder:6.7b-base', 'localhost', 'deepseek'],
    ['deepseek-chat', 'api.deepseek.com', 'chat'],
    ['codestral-latest', 'api.mistral.ai', 'mistral'],
    ['codestral-latest', 'localhost', 'codestral'],
    ['codestral', 'evil-mistral.ai.example', 'codestral'],
    ['codegemma:2b', 'localhost', 'codegemma'],
    ['codegemma:7b-it', 'localhost', 'chat'],
    ['granite-4.0-h-micro', 'x', 'granite'],
    ['seed-coder-8b-base', 'x', 'seed-coder'],
    ['gpt-3.5-turbo-instruct', 'api.openai.com', 'suffix'],
    ['o4-mini', 'api.openai.com', 'chat'],
    ['gemini-2.5-pro', 'x', 'chat'],
    ['llama-3.3-70b', 'x', 'chat'],
    ['my-deployment', 'x', 'chat'],
  ];
  for (const [model, host, expected] of cases) {
    it(`${model} at ${host}: ${expected}`, () =>
      assert.equal(chooseFormat('auto', model, host).id, expected));
  }

  it('the setting wins over the name; a setting that is none is ignored', () => {
    assert.deepEqual(chooseFormat('codellama', 'qwen2.5-coder', 'x'), { id: 'codellama', source: 'setting' });
    assert.deepEqual(chooseFormat('nonsense', 'qwen2.5-coder', 'x'), { id: 'qwen', source: 'name' });
    assert.deepEqual(chooseFormat('none', 'qwen2.5-coder', 'x'), { id: 'none', source: 'setting' });
  });
});
