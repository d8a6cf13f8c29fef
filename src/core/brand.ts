/** A nominal type over a structural one: a string that has been checked to be an arm's id is not any string. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** `endpoint/model`: one model at one endpoint, the thing the router chooses. */
export type ArmId = Brand<string, 'ArmId'>;
export type DecisionId = Brand<string, 'DecisionId'>;
export type ReservationId = Brand<string, 'ReservationId'>;
/** Money: an integer number of 1e-9 USD. Exact up to nine million dollars in a double. */
export type NanoUsd = Brand<number, 'NanoUsd'>;
/** Milliseconds since 1970-01-01 UTC, as `Date.now()` gives them. Core gets it as an argument. */
export type EpochMs = number;
/** Uniform in [0, 1). Core gets it as an argument, so every decision can be replayed. */
export type Random = () => number;

/** `endpoint/model`, or `endpoint/model@effort` where the user set one: ids of models without an effort never change. */
export const armId = (endpointId: string, model: string, effort?: string): ArmId =>
  `${endpointId}/${model}${effort === undefined ? '' : `@${effort}`}` as ArmId;
