/** Failing disks: actually full, and actually read-only, in a process of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withFolder } from './fixture.ts';

const child = fileURLToPath(new URL('./diskChild.ts', import.meta.url));
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const node = (trial: string, folder: string): string =>
  [process.execPath, '--no-warnings', child, trial, folder].map(quoted).join(' ');

function inShell(script: string): readonly Record<string, unknown>[] {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A file system of one megabyte, visible only to these processes; it needs root or user namespaces. */
const mounted = (folder: string, script: string): string =>
  `unshare -rm sh -c ${quoted(`mount -t tmpfs -o size=1m tmpfs ${quoted(folder)} && ${script}`)}`;

const canMount = (folder: string): boolean =>
  spawnSync('sh', ['-c', mounted(folder, 'true')], { stdio: 'ignore' }).status === 0;

describe('a disk', function () {
  this.timeout(60_000);

  it('that is full stops paid calls with its reason, loses nothing, and is over when there is room', () =>
    withFolder((folder) => {
      const [fill, after] = [node('fill', folder), node('after', folder)];
      const small = canMount(folder);
      // Elsewhere files are limited to 1.2 MB; SQLite calls the excess an input/output error.
      const script = small ? mounted(folder, `${fill} && ${after}`) : `(ulimit -f 2400; ${fill}) && ${after}`;
      const [full, again] = inShell(script);
      assert.ok(full && again);
      assert.equal(full['last'], small ? 'disk-full' : 'io-error');
      assert.equal(full['state'], 'unavailable');
      assert.equal(full['free'], true, 'free models go on');
      assert.ok(Number(full['granted']) > 5, JSON.stringify(full));
      assert.equal(again['last'], 'granted');
      assert.deepEqual([again['state'], again['free']], ['ready', true]);
      // One was settled meanwhile, one more was granted.
      assert.equal(again['reserved'], Number(full['granted']), 'what was granted is there');
      assert.deepEqual([full['billed'], full['spent']], [false, 0]);
      assert.equal(again['spent'], 1, 'the bill that could not be written is, in another process');
      return Promise.resolve();
    }));

  for (const what of ['folder', 'file']) {
    it(`whose ${what} is read-only stops paid calls with its reason, sets nothing aside, and is over when it is not`, () =>
      withFolder((folder) => {
        const [found] = inShell(node(`read-only-${what}`, folder));
        assert.ok(found);
        const { before, last, state, free, afterwards, files } = found;
        assert.deepEqual({ before, last, state, free, afterwards }, { before: 'granted', last: 'read-only', state: 'unavailable', free: true, afterwards: 'granted' }); // prettier-ignore
        assert.ok(!String(files).includes('set-aside'), String(files));
        return Promise.resolve();
      }));
  }
});
