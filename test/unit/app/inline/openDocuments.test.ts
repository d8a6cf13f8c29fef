import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OpenDocuments } from '../../../../src/app/inline/openDocuments.ts';
import { leaveOut } from '../../../../src/core/local/leaveOut.ts';
import { LocalModel } from '../../../../src/core/local/localModel.ts';
import { FakeClock } from './harness.ts';

class Document {
  readonly id = 'a.ts';
  isClosed = false;
  cursors: number[] = [];
  lines: string[];

  constructor(...lines: string[]) {
    this.lines = lines;
  }

  text = (): string => this.lines.join('\n');
  cursorLines = (): readonly number[] => this.cursors;
}

class Index {
  readonly clock = new FakeClock();
  readonly texts: string[] = [];
  readonly model = new LocalModel({ maxTokens: 10_000 });
  readonly open = new OpenDocuments({
    timers: this.clock,
    index: (id, text) => {
      this.texts.push(text);
      this.model.add(id, text);
    },
  });

  /** A pause in typing. */
  pause = (): Promise<void> => this.clock.advance(2500);
}

const FUNCTION = ['function f(store) {', "  const stored = store.get('settings');", '}'];

describe('an open document in the index', () => {
  it('is indexed when the typing pauses, not at each key', async () => {
    const [index, document] = [new Index(), new Document(...FUNCTION)];
    index.open.opened(document);
    for (let key = 0; key < 20; key += 1) {
      index.open.changed(document);
      await index.clock.advance(100);
    }
    assert.deepEqual(index.texts, []);
    await index.pause();
    assert.equal(index.texts.length, 1);
  });

  it('keeps the line that is being typed out, until the cursor has left it', async () => {
    const [index, document] = [new Index(), new Document(...FUNCTION, '', 'const other = store.g')];
    document.cursors = [4];
    index.open.changed(document);
    await index.pause();
    assert.equal(index.texts.at(-1), [...FUNCTION, '', ''].join('\n'));
    index.open.moved(document);
    await index.pause();
    assert.equal(index.texts.length, 1, 'it moved within the line');
    document.cursors = [0];
    index.open.moved(document);
    await index.pause();
    assert.equal(index.texts.at(-1), document.text(), 'and the line it stands in now was not touched');
    document.cursors = [1];
    index.open.moved(document);
    await index.pause();
    assert.equal(index.texts.length, 2, 'nothing to index');
  });

  it('half a line makes nothing less sure elsewhere', async () => {
    const [index, document] = [new Index(), new Document(...FUNCTION)];
    const ask = () => index.model.complete({ prefix: 'let x = 1;\n  const stored = store.', suffix: '' });
    document.cursors = [2];
    index.open.opened(document);
    await index.pause();
    const before = ask();
    assert.equal(before?.text, "get('settings');");
    document.lines.push('  const stored = store.');
    document.cursors = [3];
    index.open.changed(document);
    await index.pause();
    assert.deepEqual(ask(), before);
    document.cursors = [0];
    index.open.moved(document);
    await index.pause();
    assert.notDeepEqual(ask(), before, 'left as it is, it is a line like others');
  });

  it('is whole when it was only opened, wherever the cursor stands', async () => {
    const [index, document] = [new Index(), new Document(...FUNCTION)];
    document.cursors = [1];
    index.open.opened(document);
    await index.pause();
    assert.deepEqual(index.texts, [document.text()]);
  });

  it('tells when it is closed whether the index knows its last text, and never indexes it afterwards', async () => {
    const [index, document] = [new Index(), new Document(...FUNCTION)];
    assert.equal(index.open.closed(document.id), false);
    index.open.opened(document);
    await index.pause();
    assert.equal(index.open.closed(document.id), false);
    document.cursors = [1];
    index.open.changed(document);
    assert.equal(index.open.closed(document.id), true, 'not indexed yet');
    await index.pause();
    assert.equal(index.texts.length, 1);
    index.open.changed(document);
    await index.pause();
    assert.equal(index.open.closed(document.id), true, 'a line is missing');
    index.open.changed(document);
    document.isClosed = true;
    await index.pause();
    assert.equal(index.texts.length, 2);
  });

  it('leaves no timer behind', () => {
    const [index, document] = [new Index(), new Document(...FUNCTION)];
    index.open.changed(document);
    index.open.dispose();
    assert.equal(index.clock.pending, 0);
  });
});

describe('a text without some of its lines', () => {
  it('is the text with those lines empty', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '\r', 'é', '😀'), maxLength: 6 });
    const lines = fc.array(line, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat({ max: 14 }), { maxLength: 6 }), (all, out) => {
        const expected = all.map((each, at) => (out.includes(at) ? '' : each)).join('\n');
        assert.equal(leaveOut(all.join('\n'), out), expected);
      }),
    );
  });
});
