import type { FrameLocator } from 'playwright-core';

/** Opens every folded section of a report; they stay open when the report is shown again. */
export async function openSections(report: FrameLocator): Promise<void> {
  await report.locator('details').first().waitFor();
  await report.locator('details:not([open])').evaluateAll((found) => {
    for (const details of found) details.setAttribute('open', '');
  });
}
