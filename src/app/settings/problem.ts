/** One fault in a setting, as data; the surface words it in the user's language. */
import { isObject } from '../../core/shape.ts';
export interface SettingProblem {
  /** The key with its index: `pilot.endpoints[1].baseUrl`. */
  readonly key: string;
  readonly kind: ProblemKind;
  /** The found value as short JSON; `***` where it may be a secret. */
  readonly found: string;
  /** The allowed values: a type, a range, a list; '' where the kind says enough. */
  readonly allowed: string;
  /** The value used instead, as JSON; '' = none, undefined = the whole entry is left out. */
  readonly used: string | undefined;
}

export type ProblemKind =
  | 'missing'
  | 'wrong-type'
  | 'out-of-range'
  | 'not-one-of'
  | 'bad-id'
  | 'bad-url'
  | 'bad-header'
  | 'bad-variable'
  /** A limit that is not an amount in USD; `allowed` is the largest amount. */
  | 'not-dollars'
  | 'duplicate'
  | 'too-many'
  /** The endpoint, `allowed`, has no field for an effort. */
  | 'no-effort'
  /** The model's name already contains an effort: `allowed`. */
  | 'effort-in-name'
  | 'unknown-key'
  | 'unknown-endpoint'
  /** A key in the settings, which are synced and visible; set-up moves it to the keyring. */
  | 'secret-in-settings'
  /** The environment variable belongs to another endpoint. */
  | 'foreign-variable';

const MAX_SHOWN = 60;

/** Scalars as JSON, lists and objects by kind only, since an entry may contain a key. */
export function shown(value: unknown): string {
  if (value === undefined) return '';
  if (isObject(value)) return Array.isArray(value) ? '[…]' : '{…}';
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
