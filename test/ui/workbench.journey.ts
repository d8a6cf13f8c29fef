import assert from 'node:assert/strict';
import { useWorkbench } from './driver.ts';

describe('The workbench', () => {
  const workbench = useWorkbench();

  it('shows PILOT in the status bar', async () => {
    await workbench.statusBarItem().waitFor();
    await workbench.shot('workbench');
  });

  it('offers PILOT’s commands in the palette', async () => {
    await workbench.openPalette('PILOT: Ask');
    await workbench.shot('command-palette');
    await workbench.page.keyboard.press('Escape');
  });

  it('asked the practice models nothing by itself', () => {
    const asked = workbench.models.requests.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      asked.map(({ path }) => path),
      [],
    );
  });
});
