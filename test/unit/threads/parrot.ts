/** A thread that answers, fails, sleeps or dies on request. */
import { parentPort } from 'node:worker_threads';
import { fail, ok } from '../../../src/core/result.ts';
import { perform, type Question } from '../../../src/threads/operations.ts';

export const operations = (id: number) => ({
  say: (word: string) => ok(word),
  refuse: (why: string) => fail(why),
  sayInSteps: async (word: string, ms: number) => {
    parentPort?.postMessage({ id });
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ok(word);
  },
  die: () => process.exit(3),
});

async function answer(question: Question<keyof ReturnType<typeof operations>>): Promise<void> {
  const { id } = question;
  parentPort?.postMessage({ id, result: await perform(operations(id), question) });
}

parentPort?.on('message', (question: Question<keyof ReturnType<typeof operations>>) => void answer(question));
