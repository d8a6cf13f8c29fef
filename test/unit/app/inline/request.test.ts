import assert from 'node:assert/strict';
import { inlineCall } from '../../../../src/app/inline/request.ts';
import type {
  ChatRequest,
  CompletionRequest,
  ModelClient,
  ModelStream,
} from '../../../../src/app/ports/models.ts';
import { completionInputBound } from '../../../../src/core/money/inputBound.ts';
import type { FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { at } from '../../core/inline/fimCase.ts';
import { makeArm } from './harness.ts';

type Sent = { readonly chat?: ChatRequest; readonly complete?: CompletionRequest };

const PIECE = { path: 'lib/b.ts', text: 'export const b = 1;', similarity: 1 };

function sent(
  format: FimFormatId,
  multiline = false,
): { readonly sent: Sent; readonly bound: number; readonly capBounds: boolean | undefined } {
  const cursor = at('const a = <|fim|>;\n');
  const call = inlineCall({
    path: 'src/a.ts',
    languageId: 'typescript',
    cursor,
    multiline,
    contextTokens: 500,
    context: [PIECE],
    formatOf: () => fimFormat(format),
    localText: 'local()',
  });
  let seen: Sent = {};
  const empty: ModelStream = { events: (async function* () {})(), failure: Promise.resolve(undefined) };
  const client: ModelClient = {
    chat: (chat) => ((seen = { chat }), empty),
    complete: (complete) => ((seen = { complete }), empty),
  };
  const arm = makeArm('m');
  call.open(client, arm, { outputCap: call.outputCap ?? 0 }, new AbortController().signal);
  return { sent: seen, bound: call.inputBound(arm), capBounds: call.capBoundsOutput?.(arm) };
}

describe('an inline request to an endpoint', () => {
  it('a template goes to completions, without a suffix', () => {
    const { complete } = sent('qwen').sent;
    assert.equal(complete?.api, 'completions');
    assert.equal(complete.suffix, undefined);
    assert.match(complete.prompt, /<\|fim_prefix\|>const a = <\|fim_suffix\|>;/);
  });

  it('each address for its format', () => {
    assert.equal(sent('suffix').sent.complete?.api, 'completions');
    assert.equal(sent('mistral').sent.complete?.api, 'mistral-fim');
    assert.equal(sent('infill').sent.complete?.api, 'infill');
    assert.equal(sent('suffix').sent.complete?.suffix, ';\n');
    assert.deepEqual(sent('infill').sent.complete?.extra, [{ filename: PIECE.path, text: PIECE.text }]);
    assert.equal(sent('suffix').sent.complete?.extra, undefined);
  });

  it('chat gets messages, and neither stops nor temperature', () => {
    const { chat } = sent('chat').sent;
    assert.deepEqual(
      chat?.messages.map(({ role }) => role),
      ['system', 'user'],
    );
    assert.equal(chat.stop, undefined);
    assert.equal(chat.temperature, undefined);
  });

  it('local and none reach no client', () => {
    assert.deepEqual(sent('local').sent, {});
    assert.deepEqual(sent('none').sent, {});
    assert.equal(sent('local').bound, 0);
  });

  it('the bound covers what is sent, byte for byte', () => {
    for (const format of ['qwen', 'codestral', 'suffix', 'mistral', 'infill'] as const) {
      const {
        sent: { complete },
        bound,
      } = sent(format);
      const extra = (complete?.extra ?? []).map(({ filename, text }) => filename + text).join('');
      assert.ok(bound >= completionInputBound((complete?.prompt ?? '') + extra, complete?.suffix), format);
    }
    const {
      sent: { chat },
      bound,
    } = sent('chat');
    const bytes = Buffer.byteLength(
      (chat?.messages ?? []).map(({ content }) => JSON.stringify(content)).join(''),
    );
    assert.ok(bound > bytes);
  });

  it('the cap bounds what a text completion is billed, and only that', () => {
    assert.equal(sent('suffix').capBounds, true);
    assert.equal(sent('qwen').capBounds, true);
    assert.equal(sent('chat').capBounds, false);
  });

  it('a block may be longer than a line', () => {
    const cap = (multiline: boolean): number => sent('qwen', multiline).sent.complete?.outputCap ?? 0;
    assert.ok(cap(true) > cap(false));
  });
});
