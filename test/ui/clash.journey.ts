/** Another extension that suggests code: one notice with the possible actions. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useWorkbench } from './driver.ts';
import { installRival } from './neighbour.ts';

describe('Another extension that suggests code', () => {
  const workbench = useWorkbench({ settings: { 'pilot.inline.paid': true } });
  const message = 'Continue suggests code as you type, and so does PILOT';

  /** The notification center, which keeps every message until it is closed. */
  async function messages(): Promise<Locator> {
    await workbench.command('Notifications: Show Notifications');
    const center = workbench.page.locator('.notifications-center');
    await center.waitFor();
    return center.locator('.notification-list-item').filter({ hasText: message });
  }

  it('is noticed when it is installed, and its setting is a click away', async () => {
    await installRival(workbench);
    await workbench.until(async () => (await (await messages()).count()) === 1, 'the rival is noticed');
    await workbench.shot('inline-clash');
    await (await messages()).getByRole('button', { name: 'Open Continue’s Setting' }).click();
    await workbench.page.locator('.settings-editor').getByText('Enable Tab Autocomplete').first().waitFor();
  });

  it('is not told of again', async () => {
    await workbench.reload();
    // Shown by the same step that would show the notice.
    await workbench.statusBarItem('pilot.inline.paid').waitFor();
    assert.equal(await (await messages()).count(), 0);
  });
});
