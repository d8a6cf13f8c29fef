import type { RateCard } from '../../core/arm.ts';

/** One model in its endpoint's list. Undefined = the endpoint does not say. */
export interface ListedModel {
  readonly id: string;
  readonly name: string | undefined;
  readonly price: RateCard | undefined;
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly tools: boolean | undefined;
  readonly images: boolean | undefined;
  /** Whether the list says that the model completes code in the middle. */
  readonly fim: boolean | undefined;
  /** Whether the list says that the model supports reasoning efforts. */
  readonly reasoning: boolean | undefined;
  readonly simulated: boolean;
  /** Whether the model embeds, transcribes or draws but does not chat, so it is not offered as an arm. */
  readonly embedding: boolean;
}
