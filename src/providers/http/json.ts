/** Reads members of untrusted JSON: a missing or wrongly typed member gives undefined, never an exception. */
import { isObject } from '../../core/shape.ts';
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let part = value;
  for (const key of path) {
    if (!isObject(part) || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string | number, unknown>)[key];
  }
  return part;
}

export function stringAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const part = at(value, ...path);
  return typeof part === 'string' ? part : undefined;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const part = at(value, ...path);
  return typeof part === 'number' && Number.isFinite(part) ? part : undefined;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const part = at(value, ...path);
  return Array.isArray(part) ? part : [];
}
