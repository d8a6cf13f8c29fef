/** One thing that is wrong with a setting, as data: the surface says it in the user's language. */
import { isObject } from '../../core/shape.ts';
export interface SettingProblem {
  /** Where, as one writes it: `pilot.endpoints[1].baseUrl`. */
  readonly key: string;
  readonly kind: ProblemKind;
  /** What is there, as short JSON; `***` where it may be a secret. */
  readonly found: string;
  /** What may stand there: a type, a range, a list; '' where the kind says it all. */
  readonly allowed: string;
  /** What is used instead, as JSON; '' = nothing, undefined = the whole entry is left out. */
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
  /** A limit that is no amount in USD; `allowed` is the largest. */
  | 'not-dollars'
  | 'duplicate'
  | 'too-many'
  | 'unknown-key'
  | 'unknown-endpoint'
  /** A key stands in settings, where it is synced and shown; set-up moves it to the keyring. */
  | 'secret-in-settings'
  /** The environment variable belongs to another endpoint. */
  | 'foreign-variable';

const MAX_SHOWN = 60;

/** Scalars as JSON, lists and objects by kind only: an entry may hold a key anywhere. */
export function shown(value: unknown): string {
  if (value === undefined) return '';
  if (isObject(value)) return Array.isArray(value) ? '[…]' : '{…}';
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
