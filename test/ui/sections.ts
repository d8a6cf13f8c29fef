import type { FrameLocator } from 'playwright-core';

/** Opens every folded section of a report; they stay open when the report is shown again. */
export async function openSections(report: FrameLocator): Promise<void> {
  await report.locator('details').first().waitFor();
  const closed = report.locator('details:not([open]) > summary');
  while ((await closed.count()) > 0) await closed.first().click();
}
