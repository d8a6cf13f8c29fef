import assert from 'node:assert/strict';
import {
  addTurn,
  emptyAnswer,
  emptyConversation,
  type Conversation,
} from '../../../../src/app/ask/conversations.ts';
import type { Log } from '../../../../src/app/ports/environment.ts';
import { HistoryFiles, maxConversations } from '../../../../src/vscode/ask/historyFiles.ts';
import { MemoryFolder } from '../../../fakes/folder.ts';

const conversation = (id: string, question: string, at: number): Conversation =>
  addTurn(emptyConversation(id, at), {
    id: 't',
    askedAt: at,
    question,
    context: [],
    answers: [{ ...emptyAnswer('a'), state: 'done', text: 'Because.' }],
    shown: 0,
  });

function open(): { folder: MemoryFolder; files: HistoryFiles; warnings: string[] } {
  const folder = new MemoryFolder();
  const warnings: string[] = [];
  const log: Log = { info: () => undefined, warn: (text) => warnings.push(text), error: () => undefined };
  return { folder, files: new HistoryFiles(folder, log), warnings };
}

describe('HistoryFiles', () => {
  it('gives back what was saved, newest first', async () => {
    const { files } = open();
    await files.save(conversation('one', 'First?', 1));
    await files.save(conversation('two', 'Second?', 2));
    assert.deepEqual(await files.load('one'), conversation('one', 'First?', 1));
    assert.deepEqual(
      (await files.list()).map(({ title }) => title),
      ['Second?', 'First?'],
    );
  });

  it('has nothing where nothing is', async () => {
    const { files } = open();
    assert.deepEqual(await files.list(), []);
    assert.equal(await files.load('one'), undefined);
    await files.delete('one');
  });

  for (const [what, text] of [
    ['what is not JSON', '{"version":1,'],
    ['another version', '{"version":2,"conversation":{}}'],
    ['half a conversation', '{"version":1,"conversation":{"id":"bad"}}'],
    [
      'another conversation’s content',
      JSON.stringify({ version: 1, conversation: conversation('other', 'x', 1) }),
    ],
    ['nothing', ''],
  ] as const) {
    it(`sets ${what} aside, reports it, and keeps the rest`, async () => {
      const { folder, files, warnings } = open();
      await folder.write('bad.json', text);
      await files.save(conversation('good', 'Good?', 1));
      assert.deepEqual(
        (await files.list()).map(({ id }) => id),
        ['good'],
      );
      assert.deepEqual([...folder.files.keys()], ['good.json', 'bad.json.unreadable']);
      assert.equal(folder.files.get('bad.json.unreadable')?.text, text);
      assert.equal(warnings.length, 1);
    });
  }

  it('reads a file again only when it has changed', async () => {
    const { folder, files } = open();
    await files.save(conversation('one', 'First?', 1));
    await files.list();
    await files.list();
    assert.equal(folder.reads, 1);
    await files.save(conversation('one', 'Changed?', 2));
    assert.equal((await files.list())[0]?.title, 'Changed?');
  });

  it('keeps the newest of too many', async () => {
    const { folder, files } = open();
    for (let i = 0; i <= maxConversations; i++) await files.save(conversation(`c${i}`, 'q', i));
    assert.equal(folder.files.size, maxConversations);
    assert.equal(folder.files.has('c0.json'), false);
  });

  it('drops the oldest when all together are too large, never the one just saved', async () => {
    const { folder, files } = open();
    await folder.write('old.json.unreadable', 'x'.repeat(65 * 1024 * 1024));
    await files.save(conversation('new', 'q', 1));
    assert.deepEqual([...folder.files.keys()], ['new.json']);
  });

  it('deletes one, and all, also what was set aside', async () => {
    const { folder, files } = open();
    for (const id of ['one', 'two']) await files.save(conversation(id, 'q', 1));
    await folder.write('bad.json.unreadable', 'x');
    await files.delete('one');
    assert.equal(folder.files.has('one.json'), false);
    assert.equal(await files.deleteAll(), 1);
    assert.equal(folder.files.size, 0);
  });

  it('refuses an id that leads elsewhere', async () => {
    const { files } = open();
    await assert.rejects(files.save(conversation('../evil', 'q', 1)), /Not a conversation id/);
    assert.equal(await files.load('../evil'), undefined);
  });
});
