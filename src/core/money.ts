/**
 * Money in integer nano-USD. Token prices go down to 1e-8 USD and sums of doubles drift, so amounts are integers, exact
 * up to 2^53 nano-USD (nine million dollars). Costs round up and limits round down, so rounding never breaks a limit.
 */
import type { NanoUsd } from './brand.ts';

export const ZERO = 0 as NanoUsd;
/** The value for an unknown cost: larger than any limit, so it is never reserved. */
export const MAX_MONEY = Number.MAX_SAFE_INTEGER as NanoUsd;
const NANO = 1e9;
/** 0.15 USD/MTok x 1000 is 150.00000000000003 in doubles; an excess over an integer below this is a rounding error. */
const SLACK = 1e-6;

/** A cost: rounds up; a negative value gives zero, and a value that is not a number gives the largest amount. */
export const nano = (usd: number): NanoUsd => ceilNano(usd * NANO);

/** A limit or a refund: rounds down; a value that is not a number gives zero. */
export function nanoFloor(usd: number): NanoUsd {
  if (Number.isNaN(usd) || usd <= 0) return ZERO;
  return Math.min(MAX_MONEY, Math.floor(usd * NANO + SLACK)) as NanoUsd;
}

/** Like `nano`, for an amount in nano-USD. */
export function ceilNano(amount: number): NanoUsd {
  if (Number.isNaN(amount)) return MAX_MONEY;
  return Math.max(0, Math.min(MAX_MONEY, Math.ceil(amount - SLACK))) as NanoUsd;
}

export const usd = (amount: NanoUsd): number => amount / NANO;

/** `whole` minus `part`, at least zero. */
export const left = (whole: NanoUsd, part: NanoUsd): NanoUsd => Math.max(0, whole - part) as NanoUsd;

export const isMoney = (value: unknown): value is NanoUsd =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
