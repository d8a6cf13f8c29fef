/**
 * Shapes: one description gives both the TypeScript type and the parser from `unknown` to it. Messages between
 * extension and webview and stored values are declared this way, so that types and guards agree. Parsing is total and
 * strict: a wrong or oversized value gives undefined; unknown members are dropped. `kept`, `mapOf` and `otherwise` are
 * lenient: they leave out a wrong part or replace it.
 */
export interface Shape<T> {
  readonly parse: (value: unknown) => Parsed<T>;
}
export type Infer<S> = S extends Shape<infer T> ? T : never;

/** An object, since undefined is a legal value of an optional member. */
type Parsed<T> = { readonly value: T } | undefined;

type Members = Readonly<Record<string, Shape<unknown>>>;
type ObjectOf<M extends Members> = { readonly [K in keyof M]: Infer<M[K]> };
type VariantOf<V extends Readonly<Record<string, Members>>> = {
  readonly [K in keyof V & string]: { readonly type: K } & ObjectOf<V[K]>;
}[keyof V & string];

const shape = <T>(parse: (value: unknown) => Parsed<T>): Shape<T> => ({ parse });

/** An object of any kind, including an array. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** An object with members, as in JSON. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && !Array.isArray(value);

export const text = (maxLength: number): Shape<string> =>
  shape((value) => (typeof value === 'string' && value.length <= maxLength ? { value } : undefined));

export const flag: Shape<boolean> = shape((value) => (typeof value === 'boolean' ? { value } : undefined));

export const count: Shape<number> = shape((value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? { value } : undefined,
);

/** A number in [0, 1]: a share, or a position within a plot. */
export const unit: Shape<number> = shape((value) =>
  typeof value === 'number' && 0 <= value && value <= 1 ? { value } : undefined,
);

/** A finite number. */
export const number = (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Shape<number> =>
  shape((value) => (typeof value === 'number' && min <= value && value <= max ? { value } : undefined));

/** Any value; an absent one is undefined. */
export const anything: Shape<unknown> = shape((value) => ({ value }));

/** The result of a decoder; undefined = the value is invalid. */
export const decoded = <T>(decode: (value: unknown) => T | undefined): Shape<T> =>
  shape((value) => {
    const found = decode(value);
    return found === undefined ? undefined : { value: found };
  });

export const exactly = <const T extends string | number>(only: T): Shape<T> =>
  shape((value) => (value === only ? { value: only } : undefined));

/** A value of the inner shape that also passes a check. */
export const where = <T, U extends T = T>(
  inner: Shape<T>,
  test: ((value: T) => value is U) | ((value: T) => boolean),
): Shape<U> =>
  shape((value) => {
    const parsed = inner.parse(value);
    return parsed && test(parsed.value) ? { value: parsed.value as U } : undefined;
  });

/** An invalid value gives `fallback`. */
export const otherwise = <T, const F>(inner: Shape<T>, fallback: F): Shape<T | F> =>
  shape<T | F>((value) => inner.parse(value) ?? { value: fallback });

export const oneOf = <const T extends string>(...choices: readonly T[]): Shape<T> =>
  shape((value) => {
    const found = choices.find((choice) => choice === value);
    return found === undefined ? undefined : { value: found };
  });

/** Present or undefined; an absent member counts as undefined, since JSON drops undefined members. */
export const maybe = <T>(inner: Shape<T>): Shape<T | undefined> =>
  shape<T | undefined>((value) => (value === undefined ? { value } : inner.parse(value)));

export const list = <T>(inner: Shape<T>, maxLength: number): Shape<readonly T[]> =>
  shape((value) => {
    if (!Array.isArray(value) || value.length > maxLength) return undefined;
    const items: T[] = [];
    for (const item of value) {
      const parsed = inner.parse(item);
      if (parsed === undefined) return undefined;
      items.push(parsed.value);
    }
    return { value: items };
  });

/** The valid items; none for a value that is not a list. */
export const kept = <T>(inner: Shape<T>): Shape<readonly T[]> =>
  shape((value) => {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return { value: items.flatMap((item) => inner.parse(item) ?? []).map(({ value: item }) => item) };
  });

/** The valid members with their names; none for a value that is not an object. */
export const mapOf = <T>(inner: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  shape((value) => {
    const members = isRecord(value) ? Object.entries(value) : [];
    const found = members.flatMap(([key, member]) => {
      const parsed = inner.parse(member);
      return parsed ? [[key, parsed.value] as const] : [];
    });
    return { value: Object.fromEntries(found) };
  });

/** An array with one member for each shape. */
export const tuple = <const S extends readonly Shape<unknown>[]>(
  ...shapes: S
): Shape<{ readonly [K in keyof S]: Infer<S[K]> }> =>
  shape((value) => {
    if (!Array.isArray(value) || value.length !== shapes.length) return undefined;
    const parsed = shapes.map((each, index) => each.parse(value[index]));
    if (!parsed.every((each) => each !== undefined)) return undefined;
    return { value: parsed.map((each) => each.value) as { readonly [K in keyof S]: Infer<S[K]> } };
  });

export const object = <M extends Members>(members: M): Shape<ObjectOf<M>> =>
  shape((value) => {
    if (!isRecord(value)) return undefined;
    const result: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(members)) {
      const parsed = member.parse(Object.hasOwn(value, key) ? value[key] : undefined);
      if (parsed === undefined) return undefined;
      if (parsed.value !== undefined) result[key] = parsed.value;
    }
    // Each member was parsed by its own shape, as ObjectOf says; the compiler cannot follow the loop.
    return { value: result as ObjectOf<M> };
  });

/** A closed union, discriminated by its `type` member. */
export const variants = <V extends Readonly<Record<string, Members>>>(cases: V): Shape<VariantOf<V>> => {
  const shapes = new Map(Object.entries(cases).map(([type, members]) => [type, object(members)]));
  return shape((value) => {
    if (!isRecord(value) || typeof value['type'] !== 'string') return undefined;
    const parsed = shapes.get(value['type'])?.parse(value);
    if (parsed === undefined) return undefined;
    return { value: { type: value['type'], ...parsed.value } as VariantOf<V> };
  });
};

/** The value as T; undefined if it does not have the shape. */
export const parse = <T>(expected: Shape<T>, value: unknown): T | undefined => expected.parse(value)?.value;
