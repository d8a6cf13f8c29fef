import type { ProblemKind, SettingProblem } from './problem.ts';
import { shown } from './problem.ts';
import { isRecord } from '../../core/shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads one object of the settings field by field. A bad field gives its default and a problem. */
export class SettingReader {
  readonly key: string;
  readonly #fields: Fields;
  readonly #problems: SettingProblem[];
  readonly #seen = new Set<string>();

  constructor(key: string, fields: Fields, problems: SettingProblem[]) {
    this.key = key;
    this.#fields = fields;
    this.#problems = problems;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** Own fields only: a `__proto__` in JSON is data. `null` counts as unset, since users unset a setting that way. */
  raw(name: string): unknown {
    this.#seen.add(name);
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  string(name: string, fallback: string): string;
  string(name: string, fallback: undefined): string | undefined;
  string(name: string, fallback: string | undefined): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    if (typeof value === 'string' && value.trim() !== '' && value.length <= MAX_STRING) return value.trim();
    this.problem(name, 'wrong-type', 'string', shown(fallback));
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.raw(name);
    if (typeof value === 'boolean' || value === undefined) return value ?? fallback;
    this.problem(name, 'wrong-type', 'boolean', shown(fallback));
    return fallback;
  }

  number(name: string, fallback: number, range: NumberRange): number {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    const kind = numberProblem(value, range);
    if (!kind) return value as number;
    this.problem(name, kind, describe(range), shown(fallback));
    return fallback;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) this.problem(name, 'not-one-of', allowed.join(', '), shown(fallback));
    return found ?? fallback;
  }

  /** Undefined where the field is absent, or is not an object (a problem). */
  object(name: string): SettingReader | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (isRecord(value)) return new SettingReader(`${this.key}.${name}`, value, this.#problems);
    this.problem(name, 'wrong-type', 'object', shown({}));
    return undefined;
  }

  entries(): [string, unknown][] {
    return Object.entries(this.#fields);
  }

  problem(
    name: string,
    kind: ProblemKind,
    allowed: string,
    used: string | undefined,
    value: unknown = this.raw(name),
  ): void {
    const found = MAY_BE_SECRET.has(kind) ? '***' : shown(value);
    this.#problems.push({ key: `${this.key}.${name}`, kind, found, allowed, used });
  }

  /** Call it last: a field that was not read is a typing error or belongs to another version. */
  reportUnknown(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#seen.has(name)) this.problem(name, 'unknown-key', [...this.#seen].join(', '), '');
    }
  }
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

const MAX_STRING = 2000;
/** Problems of fields into which users paste keys: unknown fields, headers, names of variables, addresses. */
const MAY_BE_SECRET: ReadonlySet<ProblemKind> = new Set([
  'secret-in-settings',
  'bad-url',
  'unknown-key',
  'bad-header',
  'bad-variable',
]);

export function numberProblem(
  value: unknown,
  { min, max, integer }: NumberRange,
): 'wrong-type' | 'out-of-range' | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'wrong-type';
  if (integer && !Number.isInteger(value)) return 'wrong-type';
  return min <= value && value <= max ? undefined : 'out-of-range';
}

export const describe = ({ min, max, integer }: NumberRange): string =>
  `${integer ? 'integer' : 'number'} ${min}–${max}`;
