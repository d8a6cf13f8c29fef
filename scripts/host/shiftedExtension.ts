/**
 * Shifts an installed extension to another day: VS Code removes NODE_OPTIONS from its extension host, so the shift is
 * at the top of the extension's own code. It applies to the whole extension host; storage takes its time from there.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @param now local time without a zone, `2026-10-21T15:00:00`, from which the time runs on */
export function shiftExtension(extensionsFolder: string, name: string, now: string): void {
  const folder = readdirSync(extensionsFolder).find((one) => one.startsWith(name));
  if (folder === undefined) throw new Error(`${name} is not installed in ${extensionsFolder}`);
  const manifest = readFileSync(path.join(extensionsFolder, folder, 'package.json'), 'utf8');
  const { main } = JSON.parse(manifest) as { readonly main: string };
  const file = path.join(extensionsFolder, folder, main);
  const shift = Date.parse(now) - Date.now();
  writeFileSync(file, `${shiftedDate(shift)}\n${readFileSync(file, 'utf8')}`);
}

const shiftedDate = (shift: number): string => `{
  const RealDate = Date;
  class ShiftedDate extends RealDate {
    constructor(...values) {
      if (values.length === 0) super(RealDate.now() + ${shift});
      else super(...values);
    }
    static now() {
      return RealDate.now() + ${shift};
    }
    static [Symbol.hasInstance](value) {
      return value instanceof RealDate;
    }
  }
  globalThis.Date = ShiftedDate;
}`;
