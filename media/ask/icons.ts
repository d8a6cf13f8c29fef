/** Sixteen-pixel line icons as paths: the webview loads no font and no image. */
const paths = {
  send: 'M2.5 8h9.2M8 3.8 12.2 8 8 12.2',
  stop: 'M4.5 4.5h7v7h-7z',
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  selection: 'M2.5 4h7M2.5 8h11M2.5 12h5',
  problems: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  insert: 'M8 2.5v7M5 6.8 8 9.8l3-3M3 13h10',
  apply: 'M2.5 4.5h7M2.5 8h4M2.5 11.5h3M8.5 11.2l2 2 3.5-4.2',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  models: 'M2.5 5.5h8.7M8.6 2.9l2.6 2.6-2.6 2.6M13.5 10.5H4.8M7.4 7.9l-2.6 2.6 2.6 2.6',
  better: 'M8 13V3.5M4 7.3 8 3.3l4 4',
  up: 'M5 13.5V7l2.8-5c1 0 1.6.8 1.4 1.8L8.7 6.5h3.8c.8 0 1.3.7 1.1 1.5l-1.1 4.4c-.2.7-.7 1.1-1.4 1.1zM2.5 7H5v6.5H2.5z',
  down: 'M11 2.5V9l-2.8 5c-1 0-1.6-.8-1.4-1.8l.5-2.7H3.5c-.8 0-1.3-.7-1.1-1.5l1.1-4.4c.2-.7.7-1.1 1.4-1.1zM13.5 9H11V2.5h2.5z',
  history: 'M8 4.5V8l2.5 1.5M2.8 8a5.2 5.2 0 1 0 1.6-3.8L2.7 5.8M2.7 2.8v3h3',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 9h5.8l.6-9M6.8 7v4M9.2 7v4',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  down2: 'M8 3v9.5M4 8.8l4 4 4-4',
  chevron: 'M4 6l4 4 4-4',
  warning: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.4',
} as const;

export type IconName = keyof typeof paths;

const svg = 'http://www.w3.org/2000/svg';

export function icon(name: IconName): SVGSVGElement {
  const element = document.createElementNS(svg, 'svg');
  for (const [key, value] of [
    ['viewBox', '0 0 16 16'],
    ['class', 'icon'],
    ['aria-hidden', 'true'],
  ] as const) {
    element.setAttribute(key, value);
  }
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', paths[name]);
  element.append(path);
  return element;
}

/** PILOT's logo: three routes from one point, of which the middle one is taken. */
export function mark(): SVGSVGElement {
  const element = icon('send');
  element.setAttribute('viewBox', '0 0 48 48');
  element.setAttribute('class', 'mark');
  element.replaceChildren();
  const draw = (tag: string, attributes: Readonly<Record<string, string>>): void => {
    const shape = document.createElementNS(svg, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    element.append(shape);
  };
  draw('path', { d: 'M12 24C20 24 22 11 36 11', class: 'route' });
  draw('path', { d: 'M12 24C20 24 22 37 36 37', class: 'route' });
  draw('path', { d: 'M12 24H36', class: 'route taken' });
  draw('circle', { cx: '10', cy: '24', r: '3.5', class: 'stop taken' });
  for (const y of ['11', '37']) draw('circle', { cx: '38', cy: y, r: '3', class: 'stop' });
  draw('circle', { cx: '38', cy: '24', r: '4', class: 'stop taken' });
  return element;
}
