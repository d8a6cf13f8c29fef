/** A nominal type over a structural one: only a checked string has the type of an arm's id. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** `endpoint/model`: one model at one endpoint, which is what the router chooses. */
export type ArmId = Brand<string, 'ArmId'>;
export type DecisionId = Brand<string, 'DecisionId'>;
export type ReservationId = Brand<string, 'ReservationId'>;
/** Money: an integer number of 1e-9 USD. A double holds it exactly up to nine million dollars. */
export type NanoUsd = Brand<number, 'NanoUsd'>;
/** Milliseconds since 1970-01-01 UTC, as `Date.now()` returns them. Callers pass the time to core. */
export type EpochMs = number;
/** Uniform in [0, 1). Callers pass it to core, so every decision can be replayed. */
export type Random = () => number;

/**
 * `endpoint/model`, or `endpoint/model@effort` where the settings name an effort. An id without an effort never
 * changes.
 */
export const armId = (endpointId: string, model: string, effort?: string): ArmId =>
  `${endpointId}/${model}${effort === undefined ? '' : `@${effort}`}` as ArmId;
