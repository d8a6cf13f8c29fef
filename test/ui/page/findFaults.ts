/** Finds visible layout faults: text that is cut or overlaps, a page with sideways scrolling. Runs in the webview. */
export function findFaults(): readonly string[] {
  const slackPx = 2;
  const faults: string[] = [];
  const shown = (element: Element): boolean => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true });
  };
  const named = (element: Element): string =>
    `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> "${element.textContent.trim().slice(0, 60)}"`;
  const overlap = (a: DOMRect, b: DOMRect): boolean =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > slackPx &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slackPx;
  const pairsThatOverlap = (elements: readonly Element[], what: string): void => {
    const boxes = elements.map((element) => [element, element.getBoundingClientRect()] as const);
    for (const [index, [one, box]] of boxes.entries())
      for (const [other, otherBox] of boxes.slice(index + 1))
        if (!one.contains(other) && overlap(box, otherBox))
          faults.push(`${what} overlap: ${named(one)} and ${named(other)}`);
  };

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth)
    faults.push(`the page is ${scrollWidth} wide where ${clientWidth} are there`);
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const { overflowX, textOverflow } = getComputedStyle(element);
    const cuts = overflowX === 'hidden' || overflowX === 'clip';
    if (
      cuts &&
      textOverflow !== 'ellipsis' &&
      shown(element) &&
      element.scrollWidth > element.clientWidth + slackPx
    )
      faults.push(`cut: ${named(element)}`);
  }
  const roomPx = 800;
  if (document.documentElement.clientWidth >= roomPx)
    for (const table of document.querySelectorAll('.table'))
      if (table.scrollWidth > table.clientWidth + slackPx)
        faults.push(`a table to be pushed sideways where there is room: ${named(table)}`);
  for (const plot of document.querySelectorAll('svg')) {
    const texts = [...plot.querySelectorAll('text')].filter(shown);
    pairsThatOverlap(texts, 'texts in a plot');
    const frame = plot.getBoundingClientRect();
    for (const text of texts) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const inside =
        left >= frame.left - slackPx && right <= frame.right + slackPx &&
        top >= frame.top - slackPx && bottom <= frame.bottom + slackPx; // prettier-ignore
      if (!inside) faults.push(`outside its plot: ${named(text)}`);
    }
  }
  for (const button of document.querySelectorAll('button')) {
    if (shown(button) && button.scrollWidth > button.clientWidth + slackPx)
      faults.push(`too narrow: ${named(button)}`);
  }
  pairsThatOverlap(
    [...document.querySelectorAll('button, select, textarea, input')].filter(shown),
    'controls',
  );
  return faults;
}
