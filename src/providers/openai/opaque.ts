/**
 * Data that a provider sends beside a tool call and needs back with it: Gemini's thought signature, under the names of
 * Google and the gateways, and OpenRouter's signed or encrypted thoughts of the whole message. PILOT neither interprets
 * nor changes, shows or stores it.
 */
import type { ToolCall } from '../../app/ports/models.ts';
import { at, listAt } from '../http/json.ts';
import { isObject } from '../../core/shape.ts';

/** By name, so a server's own extension is not sent to one that refuses unknown fields. */
const FIELD = /^(?:extra_content|provider_specific_fields|thought_?signature|signature|encrypted_\w{1,40})$/i;
/** Characters of one call's data; the longest signatures have tens of thousands. */
const MAX_CHARS = 512 * 1024;

export function opaqueFields(call: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(call)) return undefined;
  const found = Object.entries(call).filter(([name, value]) => FIELD.test(name) && value !== null);
  if (found.length === 0) return undefined;
  const fields = Object.fromEntries(found) as Readonly<Record<string, unknown>>;
  return JSON.stringify(fields).length <= MAX_CHARS ? fields : undefined;
}

/** Fields to add to the call's own ones, if this arm made it. */
export function opaqueOfCall({ opaque }: ToolCall, armId: string): object {
  const data = opaque?.armId === armId ? at(opaque.data, 'call') : undefined;
  return isObject(data) ? data : {};
}

/** Fields to add to the message's own ones: the data before the first of its calls. */
export function opaqueOfMessage(calls: readonly ToolCall[], armId: string): object {
  const details = calls.flatMap(({ opaque }) =>
    opaque?.armId === armId ? listAt(opaque.data, 'reasoning_details') : [],
  );
  return details.length === 0 ? {} : { reasoning_details: details };
}
