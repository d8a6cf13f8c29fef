/** The practice endpoint in a thread of its own, so its work does not count as the extension's. */
import { parentPort, workerData } from 'node:worker_threads';
import { startPracticeServer } from '../../fakes/practiceModels.ts';

export interface ServerReport {
  readonly requests: number;
  readonly cancelled: number;
  readonly costUsd: number;
  readonly byModel: Readonly<Record<string, number>>;
}

const port = parentPort;
if (port === null) throw new Error('A thread, not a program');
const { pace } = workerData as { readonly pace: number };
const server = await startPracticeServer({ pace });
port.postMessage({ url: server.url });
port.once('message', () => {
  void (async () => {
    const completions = server.requests.filter(({ path }) => path.includes('completions'));
    await Promise.all(completions.map(({ finished }) => finished));
    const byModel: Record<string, number> = {};
    for (const { model = '' } of completions) byModel[model] = (byModel[model] ?? 0) + 1;
    const report: ServerReport = {
      requests: completions.length,
      cancelled: completions.filter(({ clientClosed }) => clientClosed).length,
      costUsd: server.billedNanoUsd / 1e9,
      byModel,
    };
    port.postMessage(report);
    await server.close();
  })();
});
