/**
 * Chooses the models of a price list that are ticked initially: one for each price band, so the router has a choice
 * from the first prompt. The user sees every price and confirms.
 */
import type { RateCard } from '../../core/arm.ts';
import type { ModelDraft } from './draft.ts';

/** Upper ends in USD per million tokens, three of input to one of output. More expensive models are never proposed. */
const BANDS = [0.6, 3, 8] as const;

/** Models that do not chat, or are not priced by token, by their names, since most lists tell only the name. */
const SPECIAL =
  /audio|realtime|search|transcribe|tts|image|moderation|instruct|vision|live|guard|computer-use|research|robotics|ocr|voxtral|pixtral/;
const PASSING = /preview|exp\b|experimental|alpha|beta|:free$/;
/** A dated name of a model that is also listed under its own name. */
const DATED = /(?:[-@]\d{4}-\d{2}-\d{2}|[-@]20\d{6}|-\d{3,4}|-latest)$/;

/**
 * A permanently free one first, then at most one for each band; among equals the newer, then the cheaper. `rating`:
 * public, higher is better.
 */
export function suggestModels(
  drafts: readonly ModelDraft[],
  rating: (model: string, price: RateCard) => number,
): readonly ModelDraft[] {
  const known = drafts.flatMap((draft) => {
    const { price, model } = draft;
    if (price === undefined || SPECIAL.test(model.id.toLowerCase()) || model.tools === false) return [];
    return [{ draft, usd: blended(price), rating: rating(model.id, price) }];
  });
  const lasting = known.filter(({ draft }) => !PASSING.test(draft.model.id.toLowerCase()));
  const names = new Set(lasting.map(({ draft }) => draft.model.id));
  const offered = (lasting.length > 0 ? lasting : known).filter(
    ({ draft: { model } }) => !names.has(model.id.replace(DATED, '')) || !DATED.test(model.id),
  );
  return [0, ...BANDS].flatMap((most, band, ends) => {
    const least = ends[band - 1] ?? -Infinity;
    const fitting = offered.filter(({ usd }) => least < usd && usd <= most);
    const [best] = fitting.sort((a, b) => b.rating - a.rating || newer(a.draft, b.draft) || a.usd - b.usd);
    return best ? [best.draft] : [];
  });
}

const blended = ({ inputUsdPerMTok, outputUsdPerMTok }: RateCard): number =>
  (3 * inputUsdPerMTok + outputUsdPerMTok) / 4;

/** gpt-5.6 before gpt-5.4; apart from numbers by code units, so every machine proposes the same. */
const newer = (a: ModelDraft, b: ModelDraft): number =>
  b.model.id.localeCompare(a.model.id, 'en', { numeric: true }) || (a.model.id < b.model.id ? -1 : 1);
