import type { RateCard } from '../../core/arm.ts';

/** One model as its endpoint lists it. Undefined: the endpoint does not say. */
export interface ListedModel {
  readonly id: string;
  readonly name: string | undefined;
  readonly price: RateCard | undefined;
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly tools: boolean | undefined;
  readonly images: boolean | undefined;
  /** It says that it completes code in the middle. */
  readonly fim: boolean | undefined;
  readonly simulated: boolean;
  /** Embeds, transcribes or draws, but does not chat: not offered as an arm. */
  readonly embedding: boolean;
}
