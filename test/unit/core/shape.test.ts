import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFromWebview, parseToWebview } from '../../../src/protocol/ask.ts';
import { count, list, maybe, object, oneOf, parse, text, variants } from '../../../src/core/shape.ts';

describe('shape', () => {
  const person = object({ name: text(5), age: maybe(count), tags: list(oneOf('a', 'b'), 2) });

  function check(value: unknown, expected: unknown): void {
    assert.deepEqual(parse(person, value), expected);
  }

  it('gives the value when every member fits', () => {
    check({ name: 'Ann', age: 3, tags: ['a'] }, { name: 'Ann', age: 3, tags: ['a'] });
  });
  it('takes an absent optional member as undefined', () =>
    check({ name: 'Ann', tags: [] }, { name: 'Ann', tags: [] }));
  it('drops members it does not know', () => check({ name: '', tags: [], evil: 1 }, { name: '', tags: [] }));
  it('refuses a string above its length', () => check({ name: 'Annika', tags: [] }, undefined));
  it('refuses a list above its length', () => check({ name: '', tags: ['a', 'a', 'a'] }, undefined));
  it('refuses a choice that is none', () => check({ name: '', tags: ['c'] }, undefined));
  for (const age of [-1, 1.5, NaN, Infinity, '3', null]) {
    it(`refuses ${String(age)} as a count`, () => check({ name: '', tags: [], age }, undefined));
  }
  it('does not read inherited members', () => {
    check(Object.create({ name: 'Ann', tags: [] }), undefined);
  });

  it('tells variants apart by their type', () => {
    const either = variants({ one: { n: count }, two: {} });
    assert.deepEqual(parse(either, { type: 'one', n: 1 }), { type: 'one', n: 1 });
    assert.deepEqual(parse(either, { type: 'two', n: 1 }), { type: 'two' });
    assert.equal(parse(either, { type: 'one' }), undefined);
    for (const type of ['three', 'constructor', '__proto__', 1, undefined]) {
      assert.equal(parse(either, { type }), undefined);
    }
  });
});

describe('protocol', () => {
  it('takes a question', () => {
    assert.deepEqual(parseFromWebview({ type: 'ask', text: 'Why?' }), { type: 'ask', text: 'Why?' });
  });
  it('refuses what no user can do', () => {
    const wrong: unknown[] = [
      { type: 'ask' },
      { type: 'ask', text: 'x'.repeat(200_001) },
      { type: 'rate', answerId: 'a', rating: 'best' },
      { type: 'way', answerId: 'a', index: -1 },
      { type: 'way', answerId: 'a', command: 'workbench.action.quit' },
      { type: 'code', answerId: 'a', action: 'run', language: '', code: '' },
      { type: 'link', href: 'x'.repeat(4_001) },
    ];
    for (const message of wrong) assert.equal(parseFromWebview(message), undefined, JSON.stringify(message));
  });
  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        parseFromWebview(value);
        parseToWebview(value);
      }),
    );
  });
  it('keeps a message through real JSON', () => {
    const message = { type: 'append', answerId: 'a', text: 'b\n"', reasoning: '' };
    assert.deepEqual(parseToWebview(JSON.parse(JSON.stringify(message))), message);
  });
});
