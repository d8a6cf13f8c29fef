/** Asks the user for the instruction and, by a button, for the model. */
import * as vscode from 'vscode';
import type { AskEngine } from '../../app/ask/ask.ts';
import type { Choice } from '../../app/call/routing.ts';
import type { Preview } from '../../app/call/preview.ts';
import type { Arm } from '../../core/arm.ts';
import { pickModel } from '../ask/dialogs.ts';
import { shownName } from '../kit/armName.ts';
import { plain } from '../kit/plain.ts';
import { about } from '../words/pricedArm.ts';

const { t } = vscode.l10n;

export interface EditInstruction {
  readonly instruction: string;
  readonly choice: Choice;
}

const auto: Choice = { type: 'auto' };

/** What an instruction would cost with this choice; undefined = unknown. */
export type PriceOf = (instruction: string, choice: Choice) => Promise<Preview | undefined>;

/** Pause after the last key before the price is computed. */
const quietMs = 300;

export async function askInstruction(
  engine: AskEngine,
  title: string,
  placeholder: string,
  priceOf: PriceOf,
): Promise<EditInstruction | undefined> {
  let value = '';
  let choice = auto;
  for (;;) {
    const chosen = choice;
    const model = async (instruction: string): Promise<string> =>
      modelText(engine.arms(), chosen, await priceOf(instruction, chosen));
    const given = await show(title, placeholder, { value, model });
    if (given === undefined) return undefined;
    if (!given.choosesModel) return { instruction: given.value, choice };
    value = given.value;
    choice = (await pickModel(engine.arms(), choice.type === 'arm' ? choice.armId : undefined)) ?? choice;
  }
}

/** `Auto (Steady), about $0.002`. */
function modelText(arms: readonly Arm[], choice: Choice, price: Preview | undefined): string {
  const name = (id: string | undefined): string | undefined => {
    const arm = arms.find((each) => each.id === id);
    return arm && shownName(arm);
  };
  if (choice.type === 'arm') {
    const own = price?.arms.find(({ armId }) => armId === choice.armId);
    const label = name(choice.armId) ?? choice.armId;
    return own ? t('{0}, {1}', label, about(own.cost)) : label;
  }
  const likely = name(price?.likely.armId);
  return price && likely !== undefined
    ? t('{0}, {1}', `${t('Auto')} (${likely})`, about(price.likely.cost))
    : t('Auto');
}

interface TypedInstruction {
  readonly value: string;
  readonly choosesModel: boolean;
}

function show(
  title: string,
  placeholder: string,
  { value, model }: { readonly value: string; readonly model: (instruction: string) => Promise<string> },
): Promise<TypedInstruction | undefined> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title: plain(title), placeholder, value, ignoreFocusOut: true });
  input.prompt = t('Model: {0}', t('Auto'));
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  const price = async (): Promise<void> => {
    const own = ++asked;
    const text = await model(input.value);
    // A later question may be answered first.
    if (own === asked) input.prompt = plain(t('Model: {0}', text));
  };
  const priceSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void price().catch(() => undefined), quietMs);
  };
  input.buttons = [{ iconPath: new vscode.ThemeIcon('settings'), tooltip: t('Choose the Model') }];
  const { promise, resolve } = Promise.withResolvers<TypedInstruction | undefined>();
  input.onDidAccept(() => {
    if (input.value.trim() !== '') resolve({ value: input.value.trim(), choosesModel: false });
  });
  input.onDidTriggerButton(() => resolve({ value: input.value, choosesModel: true }));
  input.onDidHide(() => resolve(undefined));
  input.onDidChangeValue(priceSoon);
  input.show();
  void price().catch(() => undefined);
  return promise.finally(() => {
    asked += 1;
    clearTimeout(timer);
    input.dispose();
  });
}
