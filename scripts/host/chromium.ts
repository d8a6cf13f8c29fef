/** The browser that shows VS Code's web workbench in tests. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

const howToGetIt =
  'The tests need a Chromium to show VS Code in, and found none. Debian, Ubuntu: `sudo apt-get install -y chromium`. ' +
  'Elsewhere install Chrome or Chromium, or set CHROMIUM_PATH to its program file.';

/**
 * The path of a Chromium; installs one with apt where that needs no password, otherwise throws a sentence with
 * instructions.
 */
export function requireChromium(): string {
  const file = find() ?? (installWithApt() ? find() : undefined);
  if (file === undefined) throw new Error(howToGetIt);
  return file;
}

export async function launchBrowser(profileFolder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(path.join(profileFolder, 'chromium'), {
    executablePath: requireChromium(),
    headless: true,
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    // Chromium's sandbox does not work for root in a container; the only pages shown are our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}

function find(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...candidates].find((file) => file !== undefined && existsSync(file));
}

function installWithApt(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  console.log('Installing Chromium with apt-get (once; about half a minute)');
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', [...args], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000,
    }).status === 0;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium');
}
