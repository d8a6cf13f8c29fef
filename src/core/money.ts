/**
 * Integer nano-USD. Token prices go down to 1e-8 USD and sums of doubles drift, so money is counted, never measured:
 * exact to 2^53 nano-USD, nine million dollars. Costs round up and limits round down, so no rounding can break a limit.
 */
import type { NanoUsd } from './brand.ts';

export const ZERO = 0 as NanoUsd;
/** Stands for a cost nobody can state: larger than any limit, so it is never reserved. */
export const MAX_MONEY = Number.MAX_SAFE_INTEGER as NanoUsd;
const NANO = 1e9;
/** 0.15 USD/MTok x 1000 is 150.00000000000003 in doubles; less than this above an integer is that, not money. */
const SLACK = 1e-6;

/** A cost: rounds up; negative is zero, and what is not a number is the largest amount there is. */
export const nano = (usd: number): NanoUsd => ceilNano(usd * NANO);

/** A limit or an amount given back: rounds down; what is not a number is zero. */
export function nanoFloor(usd: number): NanoUsd {
  if (Number.isNaN(usd) || usd <= 0) return ZERO;
  return Math.min(MAX_MONEY, Math.floor(usd * NANO + SLACK)) as NanoUsd;
}

/** As `nano`, from an amount already in nano-USD. */
export function ceilNano(amount: number): NanoUsd {
  if (Number.isNaN(amount)) return MAX_MONEY;
  return Math.max(0, Math.min(MAX_MONEY, Math.ceil(amount - SLACK))) as NanoUsd;
}

export const usd = (amount: NanoUsd): number => amount / NANO;

/** What is left of `whole` after `part`; never below zero. */
export const left = (whole: NanoUsd, part: NanoUsd): NanoUsd => Math.max(0, whole - part) as NanoUsd;

export const isMoney = (value: unknown): value is NanoUsd =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
