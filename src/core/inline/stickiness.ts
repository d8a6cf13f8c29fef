/**
 * Keeps one model within a burst of typing: suggestions whose style changes from key to key are worse than those of
 * either model, and the provider's prompt cache is warm. A pause, a rejection or another document ends a burst.
 */
import type { ArmId, EpochMs } from '../brand.ts';

export interface Burst {
  readonly documentId: string;
  readonly armId: ArmId;
  readonly lastAt: EpochMs;
  readonly requests: number;
}

const PAUSE_MS = 8000;
/** The limit of requests with one model, so a long burst still explores. */
const MAX_REQUESTS = 6;

/** The arm of the present burst; undefined = none. */
export function stickyArm(burst: Burst | undefined, documentId: string, now: EpochMs): ArmId | undefined {
  if (burst?.documentId !== documentId || burst.requests >= MAX_REQUESTS) return undefined;
  const gap = now - burst.lastAt;
  return 0 <= gap && gap <= PAUSE_MS ? burst.armId : undefined;
}

export function extendBurst(burst: Burst | undefined, documentId: string, armId: ArmId, now: EpochMs): Burst {
  const goesOn = stickyArm(burst, documentId, now) === armId;
  return { documentId, armId, lastAt: now, requests: goesOn ? (burst?.requests ?? 0) + 1 : 1 };
}
