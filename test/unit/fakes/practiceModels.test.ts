import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { ModelServer } from '../../fakes/modelServer.ts';
import { practiceCompletion } from '../../fakes/practice/completions.ts';
import { subjectOf } from '../../fakes/practice/subject.ts';
import {
  hiddenSkill,
  practiceModelIds,
  practiceModels,
  startPracticeServer,
} from '../../fakes/practiceModels.ts';

describe('the practice models', () => {
  let server: ModelServer;
  let client: OpenAI;
  before(async () => {
    server = await startPracticeServer({ pace: 0 });
    client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
  });
  after(() => server.close());

  const ask = async (model: string, content: string): Promise<string> => {
    const reply = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
    return reply.choices[0]?.message.content ?? '';
  };

  it('are called simulated in their list, their labels and every answer', async () => {
    const { data } = await client.models.list();
    assert.ok(data.every((model) => (model as { simulated?: boolean }).simulated));
    assert.ok(practiceModels.every(({ label }) => label.endsWith('(simulated)')));
    for (const model of practiceModelIds)
      assert.match(await ask(model, 'Write a parser'), /^\*Simulated answer by /);
  });

  it('answer in Markdown with code about what was asked', async () => {
    const answer = await ask('practice-steady', 'Explain `parseDate` in Python');
    assert.match(answer, /```python\ndef parse_date\(/);
    assert.notEqual(answer, await ask('practice-steady', 'Explain `parseTime` in Python'));
    assert.equal(answer, await ask('practice-steady', 'Explain `parseDate` in Python'));
  });

  it('answer longer the more they cost', async () => {
    const lengths = await Promise.all(
      practiceModelIds.map(async (model) => (await ask(model, 'What does `sum` do in TypeScript?')).length),
    );
    assert.ok(lengths[0]! < lengths[3]!);
  });

  it('are each the best at something, so that no fixed choice wins', () => {
    const best = (language: string, task: 'complete' | 'math' | 'document' | 'refactor'): string =>
      [...practiceModelIds].sort(
        (a, b) => hiddenSkill(b, language, task) - hiddenSkill(a, language, task),
      )[0] ?? '';
    assert.equal(best('css', 'document'), 'practice-swift');
    assert.equal(best('typescript', 'complete'), 'practice-steady');
    assert.equal(best('rust', 'refactor'), 'practice-scholar');
    assert.equal(best('', 'math'), 'practice-sage');
  });

  it('take the language from fence, name or code, and the task from the words', () => {
    assert.partialDeepStrictEqual(subjectOf('Fix this:\n```rs\nfn area(w: f64) {}\n```'), {
      language: 'rust',
      task: 'fix',
      name: 'area',
    });
    assert.equal(subjectOf('How many ways are there to seat 5 people?').task, 'math');
    assert.equal(subjectOf('write a pandas groupby').language, 'python');
  });

  describe('complete code', () => {
    const complete = (prefix: string, suffix = ''): readonly string[] =>
      practiceModelIds.map((model) => practiceCompletion(model, prefix, suffix));

    it('after a function’s opening, with what its name says', () => {
      assert.ok(
        complete('function add(a: number, b: number): number {\n  ', '\n}').includes('return a + b;'),
      );
      assert.ok(complete('def add(a, b):\n    ').includes('return a + b'));
    });
    it('after return', () =>
      assert.ok(complete('function square(n: number) {\n  return ').includes('n * n;')));
    it('the next of a row', () =>
      assert.ok(complete('  steps.push(1);\n  steps.push(2);\n').includes('steps.push(3);')));
    it('nothing where nothing comes to mind', () =>
      assert.deepEqual(new Set(complete('// so ')), new Set([''])));

    it('through the endpoint, with a suffix', async () => {
      const reply = await client.completions.create({
        model: 'practice-steady',
        prompt: 'function add(a: number, b: number): number {\n  ',
        suffix: '\n}\n',
        max_tokens: 40,
      });
      assert.match(reply.choices[0]?.text ?? '', /^return /);
    });
  });
});
