import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from '../../scripts/host/chromium.ts';
import { inRoot, vsixFile } from '../../scripts/host/paths.ts';
import { descendants, endTree, isAlive } from '../../scripts/host/processes.ts';
import { type Scratch, makeScratch } from '../../scripts/host/scratch.ts';

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  output(): string;
}

describe('npm start', () => {
  let scratch: Scratch;
  let browser: BrowserContext;
  const started: ChildProcess[] = [];
  before(async () => {
    scratch = makeScratch();
    browser = await launchBrowser(scratch.folder);
  });
  after(async () => {
    await browser.close();
    await Promise.all(started.map((child) => endTree(child)));
    scratch.remove();
  });

  async function start(): Promise<Started> {
    const args = [
      '--web',
      '--data',
      path.join(scratch.folder, 's'),
      '--vsix',
      process.env['PILOT_VSIX'] ?? vsixFile,
    ];
    const child = spawn(process.execPath, [inRoot('scripts/start.ts'), ...args], { stdio: 'pipe' });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    for (let i = 0; i < 300; i++) {
      const url = /^PILOT is ready: (http:\/\/127\.0\.0\.1:\d+\/\S*)$/m.exec(output)?.[1];
      if (url !== undefined) return { process: child, url, output: () => output };
      if (child.exitCode !== null) break;
      await sleep(100);
    }
    return assert.fail(`It did not become ready:\n${output}`);
  }

  async function endsWithEverything({ process: child }: Started, signal: NodeJS.Signals): Promise<void> {
    assert.ok(child.pid);
    const tree = [child.pid, ...descendants(child.pid)];
    assert.ok(tree.length >= 3, 'it and VS Code’s server and its child run');
    child.kill(signal);
    for (let i = 0; i < 100 && tree.some(isAlive); i++) await sleep(100);
    assert.deepEqual(tree.filter(isAlive), []);
  }

  const statusBarItem = '.statusbar-item[id^="pilot-assistant.pilot-assistant."]';

  it('opens VS Code with PILOT and the practice models, and Ctrl-C leaves nothing running', async () => {
    const run = await start();
    const page = await browser.newPage();
    await page.goto(run.url);
    await page.locator(statusBarItem).first().waitFor({ timeout: 60_000 });
    const practice = /^Practice models \(simulated\) at (\S+)$/m.exec(run.output())?.[1] ?? '';
    const models = (await (await fetch(`${practice}/models`)).json()) as {
      data: readonly { simulated?: boolean }[];
    };
    assert.ok(models.data.length >= 4 && models.data.every(({ simulated }) => simulated));
    await endsWithEverything(run, 'SIGINT');
    await assert.rejects(fetch(`${practice}/models`));
    await page.close();
  });

  it('remembers: the same address, and settings as the user left them', async () => {
    const settings = path.join(scratch.folder, 's/data/User/settings.json');
    assert.match(readFileSync(settings, 'utf8'), /"practice-swift"/);
    const before = await start();
    await endsWithEverything(before, 'SIGINT');
    const after = await start();
    assert.equal(after.url, before.url);
    await endsWithEverything(after, 'SIGTERM');
    assert.ok(existsSync(path.join(scratch.folder, 's/harbour-cafe/README.md')));
  });

  it('takes the next port where its own is taken, and says what that costs', async () => {
    const taken = createServer();
    await new Promise<void>((resolve, reject) =>
      taken.once('error', reject).listen(23571, '127.0.0.1', resolve),
    );
    try {
      const run = await start();
      assert.doesNotMatch(run.url, /:23571\//);
      assert.match(run.output(), /Port 23571 is taken.*enter them again/);
      await endsWithEverything(run, 'SIGINT');
    } finally {
      taken.close();
    }
  });

  it('refuses to run twice on the same data', async () => {
    const run = await start();
    await assert.rejects(start(), /already runs/);
    await endsWithEverything(run, 'SIGINT');
  });
});
