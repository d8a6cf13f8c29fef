import assert from 'node:assert/strict';
import type { FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { fimPrompt } from '../../../../src/core/inline/fim/prompt.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { postProcess } from '../../../../src/core/inline/postProcess.ts';
import { at } from '../../core/inline/fimCase.ts';
import { eachInput } from './harness.ts';

const cursor = at('const total = <|fim|>\nconsole.log(total);\n');

describe('reports: fill-in-the-middle answers', () => {
  eachInput<{ readonly format: FimFormatId; readonly shows?: string }>(
    'fim',
    {
      'qwen-other-file': { format: 'qwen' },
      'qwen-old-tokens': { format: 'qwen' },
      'starcoder-file-sep': { format: 'starcoder' },
      'codellama-eot': { format: 'codellama' },
      'deepseek-plain-pipes': { format: 'deepseek' },
      fenced: { format: 'suffix' },
      'half-token-at-cap': { format: 'qwen' },
      'half-star-token-at-cap': { format: 'starcoder' },
      'half-fence-at-cap': { format: 'suffix' },
      'half-deepseek-token-at-cap': { format: 'suffix' },
      'type-at-cap': { format: 'codellama', shows: 'new Map<string, Array<E' },
    },
    async (server, input, { format: id, shows = 'sum(values);' }) => {
      const format = fimFormat(id) ?? assert.fail(id);
      const place = { path: 'src/a.ts', languageId: 'typescript', tabSize: 2, insertSpaces: true };
      const asked = { ...place, prefix: cursor.prefix, suffix: cursor.suffix, context: [] };
      for (const size of [Infinity, 11]) {
        const { text, done, failure } = await server.complete(input, size, fimPrompt(format, asked, true));
        assert.equal(failure, undefined);
        assert.ok(done?.type === 'done');
        const atCap = done.incomplete === 'length';
        assert.equal(atCap, input.name.endsWith('-at-cap'));
        const shown = postProcess(text, { ...place, cursor, format, multiline: true, atCap });
        assert.deepEqual(shown, { ok: true, value: shows });
      }
    },
  );
});
