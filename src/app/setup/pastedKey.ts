/** A key that was pasted where set-up begins: whose it is, told by its shape alone. It is shown to no endpoint for that. */
import type { Preset, PresetTable } from '../settings/endpoint.ts';

/** Nobody types so much at once, and no key is shorter. */
const LEAST = 20;

/** What one change of the input's text brought, if it is a key; a name or an address is none. */
export function pastedKey(before: string, now: string): string | undefined {
  const text = now.trim();
  const isKey = /^[\w.-]+$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);
  return isKey && text.length >= LEAST && text.length - before.length >= LEAST ? text : undefined;
}

/** Undefined: it could be anybody's, so the user says whose. */
export const ownerOf = (key: string, presets: PresetTable): Preset | undefined =>
  Object.values(presets).find(({ keyShape }) => keyShape?.test(key));
