/**
 * Marks that can be read one by one: the plot is one stop in the tab order, arrow keys move between marks, and a
 * permanent line below the plot shows the text of the mark with the focus or the pointer.
 */

/** The result of a plot's drawing: its elements, its readable marks, its legend. */
export interface Drawing {
  readonly elements: readonly SVGElement[];
  readonly marks: readonly Mark[];
  /** `symbol`: the series' shape, which replaces the line. */
  readonly legend: readonly { readonly class: string; readonly label: string; readonly symbol?: number }[];
}
export interface Mark {
  readonly element: SVGElement;
  readonly said: string;
}

export function readable(figure: SVGSVGElement, marks: readonly Mark[], readout: HTMLElement): void {
  let current = 0;
  const show = (index: number): void => {
    for (const { element } of marks) element.classList.remove('current');
    marks[index]?.element.classList.add('current');
    readout.textContent = marks[index]?.said ?? '';
  };
  const go = (index: number): void => {
    if (marks.length === 0) return;
    marks[current]?.element.setAttribute('tabindex', '-1');
    current = Math.min(marks.length - 1, Math.max(0, index));
    const { element } = marks[current] ?? {};
    element?.setAttribute('tabindex', '0');
    element?.focus();
  };
  marks.forEach(({ element, said }, index) => {
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', said);
    element.setAttribute('tabindex', index === 0 ? '0' : '-1');
    element.classList.add('mark');
    element.addEventListener('pointerenter', () => show(index));
    element.addEventListener('focus', () => {
      current = index;
      show(index);
    });
  });
  figure.addEventListener('keydown', (event) => {
    const to = target(event.key, current, marks.length);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  });
}

function target(key: string, current: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return current + 1;
    case 'ArrowLeft':
    case 'ArrowUp':
      return current - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
