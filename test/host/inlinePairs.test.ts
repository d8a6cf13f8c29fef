/**
 * Ten typed bracket and quote pairs: an endpoint answers with exactly the text between them, and the test accepts it.
 */
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelServer } from '../fakes/modelServer.ts';
import { startModelServer } from '../fakes/modelServer.ts';
import type { FakePrompt } from '../fakes/modelServer/model.ts';
import { acceptUntil, type } from './typing.ts';

/** `«...»`: the inner text of a pair, which is deleted, typed by hand up to `¦`, and completed. */
const PAIRS: readonly string[] = [
  "console.log(«get¦Name(user, 'full')»);",
  'const list = [«fir¦st, second, third»];',
  'if (items.some(«it¦em => item.count > 3»)) return;',
  'const named = { «na¦me: user.name, age: 3» };',
  "const text = '«it ¦is ready»';",
  'const shown = `«to¦tal: ${sum(values)}`» + rest;',
  'const map = new Map(Object.entries(«set¦tings.all»).filter(Boolean));',
  'rows[«in¦dex + offset[0]»].push(row);',
  'const sum = (a, b) => Math.max(«a.¦size(), (b.size() + 1) * 2»);',
  'const tag = "«a¦ (b] c»";',
];

interface Sample {
  readonly name: string;
  readonly line: string;
  /** The text before the pair's inner text, the part typed by hand, the model's part, and the rest. */
  readonly parts: readonly [before: string, typed: string, said: string, after: string];
}

const samples: readonly Sample[] = PAIRS.map((marked, i) => {
  const parts = /^(.*)«(.*)¦(.*)»(.*)$/.exec(marked)?.slice(1) ?? [];
  const [before = '', typed = '', said = '', after = ''] = parts;
  return { name: `pair${i}.js`, line: before + typed + said + after, parts: [before, typed, said, after] };
});
const HEAD = '// What stands around it is as it was.\nexport function run(user, items) {\n  ';
const TAIL = '\n  return user;\n}\n';

/** The inner text from the end of the prompt's prefix on. */
function restOf(sample: Sample | undefined, prompt: FakePrompt): string {
  const [before, typed, said] = sample?.parts ?? assert.fail('No pair is typed.');
  const line = prompt.kind === 'code' ? prompt.prefix.slice(prompt.prefix.lastIndexOf('\n') + 3) : '';
  return (typed + said).slice(line.length - before.length);
}

describe('inline completions within pairs, typed in the host', function () {
  this.timeout(90_000);
  let server: ModelServer;
  let folder: vscode.Uri;
  let current: Sample | undefined;
  const settings = {
    'pilot.inline.enabled': true,
    'pilot.inline.local': false,
    'editor.quickSuggestions': 'off',
    'editor.suggestOnTriggerCharacters': false,
  };
  const write = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const [key, value] of Object.entries(values))
      await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
  };

  before(async () => {
    const model = {
      price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 },
      contextTokens: 8_000,
      maxOutputTokens: 1_000,
    };
    server = await startModelServer({
      models: [{ ...model, id: 'pairs', answer: (prompt) => restOf(current, prompt) }],
    });
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    const endpoint = { id: 'pairs', preset: 'custom', baseUrl: server.url, needsKey: false };
    const arm = { ...model, endpoint: 'pairs', model: 'pairs', capabilities: { fim: 'suffix' } };
    await write({ ...settings, 'pilot.endpoints': [endpoint], 'pilot.models': [arm] });
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-pairs-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    const keys = [...Object.keys(settings), 'pilot.endpoints', 'pilot.models'];
    await write(Object.fromEntries(keys.map((key) => [key, undefined])));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
    await server.close();
  });

  for (const sample of samples) {
    const { name, line, parts } = sample;
    it(line, async () => {
      const [before, typed, , after] = parts;
      current = sample;
      const uri = vscode.Uri.joinPath(folder, name);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(HEAD + before + after + TAIL));
      const editor = await vscode.window.showTextDocument(uri, { preview: false });
      const cursor = editor.document.positionAt((HEAD + before).length);
      editor.selection = new vscode.Selection(cursor, cursor);
      const asked = server.requests.length;
      for (const key of typed) await type(key);
      const wanted = HEAD + line + TAIL;
      await acceptUntil(() => editor.document.getText() === wanted);
      assert.equal(editor.document.getText(), wanted);
      assert.ok(server.requests.length > asked, 'the endpoint was asked');
    });
  }
});
