import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, endTree, isAlive, run } from '../../../scripts/host/processes.ts';

describe('ending processes', function () {
  if (process.platform === 'win32') return;

  it('ends what a program started, even in a group of its own and deaf to the first signal', async () => {
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { detached: true });
      setTimeout(() => console.log('ready'), 300); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    assert.ok(child.pid);
    const tree = [child.pid, ...descendants(child.pid)];
    assert.equal(tree.length, 2);
    await endTree(child, 300);
    // A killed orphan stays listed until the system has collected it.
    for (let i = 0; i < 100 && tree.some(isAlive); i++) await sleep(50);
    assert.deepEqual(tree.filter(isAlive), []);
  });

  it('ends a program that takes too long, and says so', async () => {
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    const { code, output } = await run(process.execPath, args, { timeoutMs: 200, quiet: true });
    assert.notEqual(code, 0);
    assert.match(output, /Ended after 0.2 s/);
  });

  it('tells that there is no such program', async () => {
    assert.equal((await run('no-such-program-here', [], { timeoutMs: 1_000, quiet: true })).code, 127);
  });
});
