import * as vscode from 'vscode';
import type { ModelDraft } from '../../app/setup/draft.ts';
import type { ModelChoice, ModelOffer } from '../../app/setup/dialogue.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { askForDollars, limitPrompt } from '../money/budgetCommands.ts';
import { usd } from '../kit/format.ts';
import { describeModel } from './describe.ts';

const { t } = vscode.l10n;

interface OfferedModelItem extends vscode.QuickPickItem {
  readonly draft?: ModelDraft;
  readonly isLimit?: true;
}

/**
 * The models with their prices and, where no limit is set, the monthly limit as a line of its own: Enter accepts all
 * ticked lines.
 */
export async function pickModels(offer: ModelOffer, title: string): Promise<ModelChoice | undefined> {
  let state: PickerState = {
    limitUsd: offer.proposedLimit,
    limitTicked: true,
    ticked: new Set(offer.drafts.filter(offer.isChosen)),
  };
  for (;;) {
    const next = await show(offer, state, title);
    if (next === undefined) return undefined;
    state = next.state;
    if (next.type === 'done') {
      const drafts = offer.drafts.filter((draft) => next.state.ticked.has(draft));
      return { drafts, monthlyLimitUsd: state.limitTicked ? state.limitUsd : undefined };
    }
    const entered = await askForDollars({ title, prompt: limitPrompt(), value: String(state.limitUsd) });
    if (entered !== undefined) state = { ...state, limitUsd: entered, limitTicked: true };
  }
}

interface PickerState {
  /** Undefined: a limit is set, and the picker has no line for it. */
  readonly limitUsd: number | undefined;
  readonly limitTicked: boolean;
  readonly ticked: ReadonlySet<ModelDraft>;
}

type Next = { readonly type: 'done' | 'change-limit'; readonly state: PickerState };

/** A new picker each time: VS Code does not show a picker again after an input box has replaced it. */
function show(offer: ModelOffer, state: PickerState, title: string): Promise<Next | undefined> {
  const picker = vscode.window.createQuickPick<OfferedModelItem>();
  const items = itemsFor(offer, state);
  const asksLimit = state.limitUsd !== undefined;
  const placeholder = asksLimit
    ? t('Which models of {0}, and for how much a month?', offer.endpoint.label)
    : t('Which models of {0} may PILOT choose from?', offer.endpoint.label);
  Object.assign(picker, {
    title,
    placeholder,
    canSelectMany: true,
    matchOnDescription: true,
    ignoreFocusOut: true,
    items,
    // Also in the title: the button of a line shows only under the mouse.
    buttons: asksLimit ? [anotherAmount()] : [],
    selectedItems: items.filter(({ draft, isLimit }) =>
      isLimit ? state.limitTicked : draft !== undefined && state.ticked.has(draft),
    ),
  });
  const current = (): PickerState => ({
    limitUsd: state.limitUsd,
    limitTicked: picker.selectedItems.some(({ isLimit }) => isLimit),
    ticked: new Set(picker.selectedItems.flatMap(({ draft }) => draft ?? [])),
  });
  return new Promise((resolve) => {
    const end = (type: Next['type']): void => {
      resolve({ type, state: current() });
      picker.hide();
    };
    picker.onDidAccept(() => end('done'));
    picker.onDidTriggerItemButton(() => end('change-limit'));
    picker.onDidTriggerButton(() => end('change-limit'));
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function itemsFor({ drafts, isChosen }: ModelOffer, { limitUsd }: PickerState): OfferedModelItem[] {
  const chosen = drafts.filter(isChosen).toSorted((a, b) => priceOf(a) - priceOf(b));
  const others = drafts.filter((draft) => !isChosen(draft));
  const lines = (those: readonly ModelDraft[]): OfferedModelItem[] =>
    those.map((draft) => ({ ...describeModel(draft), draft }));
  // Headings only where there are several groups.
  const headings = limitUsd !== undefined || (chosen.length > 0 && others.length > 0);
  const group = (label: string, items: OfferedModelItem[]): OfferedModelItem[] =>
    items.length === 0 || !headings ? items : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
  return [
    ...group(t('Monthly limit'), limitUsd === undefined ? [] : [limitItem(limitUsd)]),
    ...group(t('Proposed models'), lines(chosen)),
    ...group(t('Other models'), lines(others)),
  ];
}

/** Free models first, models without a price last; three input tokens to one of output. */
const priceOf = ({ price }: ModelDraft): number =>
  price === undefined ? Infinity : 3 * price.inputUsdPerMTok + price.outputUsdPerMTok;

const anotherAmount = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('edit'),
  tooltip: t('Another Limit'),
});

const limitItem = (limitUsd: number): OfferedModelItem => ({
  label: t('$(dashboard) At most {0} a month', usd((limitUsd * 1e9) as NanoUsd)),
  description: t('without it, paid models are not used'),
  buttons: [anotherAmount()],
  alwaysShow: true,
  isLimit: true,
});
