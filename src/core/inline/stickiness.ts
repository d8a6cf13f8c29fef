/**
 * Within a burst of typing the model stays the same: suggestions that change their style from key to key are worse
 * than either, and a provider's prompt cache is warm. A burst ends with a pause, a rejection or another document.
 */
import type { ArmId, EpochMs } from '../brand.ts';

export interface Burst {
  readonly documentId: string;
  readonly armId: ArmId;
  readonly lastAt: EpochMs;
  readonly requests: number;
}

const PAUSE_MS = 8000;
/** So that a long burst still explores. */
const MAX_REQUESTS = 6;

/** The arm to stay with, if any. */
export function stickyArm(burst: Burst | undefined, documentId: string, now: EpochMs): ArmId | undefined {
  if (burst?.documentId !== documentId || burst.requests >= MAX_REQUESTS) return undefined;
  const gap = now - burst.lastAt;
  return 0 <= gap && gap <= PAUSE_MS ? burst.armId : undefined;
}

export function extendBurst(burst: Burst | undefined, documentId: string, armId: ArmId, now: EpochMs): Burst {
  const goesOn = stickyArm(burst, documentId, now) === armId;
  return { documentId, armId, lastAt: now, requests: goesOn ? (burst?.requests ?? 0) + 1 : 1 };
}
