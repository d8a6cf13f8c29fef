import { armId } from '../brand.ts';
import type { Arm } from '../arm.ts';

/**
 * The local model as an arm of price zero, so PILOT learns where it suffices. It is not an endpoint: a request to it
 * never reaches a network client. Only the inline surface may choose it.
 */
export const LOCAL_ARM: Arm = {
  id: armId('pilot', 'local'),
  endpointId: 'pilot',
  model: 'local',
  label: 'Local',
  price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 },
  contextTokens: 1_000_000,
  maxOutputTokens: 64,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'local' },
  simulated: false,
};

/**
 * The local model proposes nothing below this confidence. At 0.35, every second proposal on held-out lines of this
 * repository is exact (bench:local).
 */
export const LOCAL_THRESHOLD = 0.35;
