/** Recognizes the provider of a key pasted in the first step by its form alone, without sending it to any endpoint. */
import type { EndpointPreset, PresetTable } from '../settings/endpoint.ts';

/** Characters: longer than typed input at once, and at most the length of any key. */
const LEAST = 20;

/** The key in one change of the input's text; undefined where the text is a name or an address. */
export function pastedKey(before: string, now: string): string | undefined {
  const text = now.trim();
  const isKey = /^[\w.-]+$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);
  return isKey && text.length >= LEAST && text.length - before.length >= LEAST ? text : undefined;
}

/** Undefined where several providers' keys have this form, so that the user must choose. */
export const ownerOf = (key: string, presets: PresetTable): EndpointPreset | undefined =>
  Object.values(presets).find(({ keyShape }) => keyShape?.test(key));
