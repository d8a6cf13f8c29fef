import * as vscode from 'vscode';
import type { Endpoint, EndpointPreset, PresetId, PresetTable } from '../../app/settings/index.ts';
import type { DetectedServer } from '../../app/setup/detect.ts';
import type { SetupStart } from '../../app/setup/dialogue.ts';
import { ownerOf, pastedKey } from '../../app/setup/pastedKey.ts';
import { shownName } from '../kit/armName.ts';
import { modelCount } from '../words/counts.ts';

export interface SetupUiFacts {
  readonly endpoints: readonly Endpoint[];
  readonly presets: PresetTable;
  readonly hasVariable: (name: string) => boolean;
  readonly detect: () => Promise<readonly DetectedServer[]>;
}

const { t } = vscode.l10n;

type StartItem = vscode.QuickPickItem & { readonly start?: SetupStart };

/**
 * Asks for the source of the models. The list appears at once; local servers join it when they have answered. A key
 * pasted into the input is removed from it at once, and the list asks for its provider.
 */
export function pickStart(facts: SetupUiFacts, title: string): Promise<SetupStart | undefined> {
  const picker = vscode.window.createQuickPick<StartItem>();
  picker.title = title;
  picker.placeholder = t('Where do your models come from? Choose, or paste a key.');
  picker.matchOnDescription = true;
  picker.ignoreFocusOut = true;
  picker.items = itemsFor(facts, []);
  picker.busy = true;
  let key: string | undefined;
  void facts.detect().then((detected) => {
    picker.busy = false;
    if (detected.length > 0 && key === undefined) refill(picker, itemsFor(facts, detected), facts);
  });
  let before = '';
  return new Promise((resolve) => {
    picker.onDidChangeValue((value) => {
      key = pastedKey(before, value) ?? key;
      before = value;
      if (key === undefined || value === '') return;
      if (pastedKey('', value) === key) picker.value = before = '';
      picker.placeholder = t(
        'Which provider issued the key that ends in {0}? It is sent only there.',
        key.slice(-4),
      );
      picker.items = keyItems(facts, key);
    });
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.start);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

/**
 * New items make the first one active, so that a user who has moved on keeps the active item, and so does one who was
 * offered a key: the effect of Enter must not change unnoticed.
 */
function refill(picker: vscode.QuickPick<StartItem>, items: readonly StartItem[], facts: SetupUiFacts): void {
  const [active] = picker.activeItems;
  const first = picker.items.find(({ start }) => start);
  const stays = active !== undefined && (active !== first || keysAtHand(facts).length > 0);
  picker.items = items;
  if (stays) picker.activeItems = items.filter(({ label }) => label === active.label).slice(0, 1);
}

function itemsFor(facts: SetupUiFacts, detected: readonly DetectedServer[]): StartItem[] {
  const here = new Map(detected.map(({ preset, models }) => [preset, models]));
  const presets = Object.values(facts.presets).filter(({ id }) => !here.has(id));
  return [
    ...group(
      t('Running on this machine'),
      [...here].map(([id, models]) => detectedItem(facts.presets[id], models)),
    ),
    ...group(t('Keys in the environment'), keysAtHand(facts).map(variableItem)),
    ...group(
      t('Already set up'),
      facts.endpoints.map((endpoint) => ({
        label: shownName(endpoint),
        description: t('change its models'),
        start: { type: 'endpoint', endpoint },
      })),
    ),
    ...group(t('Providers'), presets.filter(isProvider).map(presetItem)),
    ...group(t('Your own servers'), presets.filter((preset) => !isProvider(preset)).map(presetItem)),
  ];
}

/** Items for the one provider whose keys have this form, else for all that take a key. */
function keyItems({ presets }: SetupUiFacts, key: string): StartItem[] {
  const owner = ownerOf(key, presets);
  const others = Object.values(presets).filter((preset) => preset !== owner && !preset.local);
  const item = (preset: EndpointPreset): StartItem => ({
    label: t('$(key) Use the key for {0}', preset.label),
    description: preset.baseUrl ?? preset.baseUrlTemplate ?? t('any server that speaks OpenAI’s protocol'),
    start: { type: 'preset', preset: preset.id, key: { type: 'typed', key } },
  });
  return owner
    ? [...group(t('Its keys look like this one'), [item(owner)]), ...group(t('Others'), others.map(item))]
    : others.map(item);
}

const group = (label: string, items: readonly StartItem[]): StartItem[] =>
  items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];

const startOf = (preset: PresetId): SetupStart => ({ type: 'preset', preset });

const detectedItem = ({ id, label }: EndpointPreset, models: number): StartItem => ({
  label: `$(check) ${label}`,
  description: modelCount(models),
  start: startOf(id),
});

const isProvider = ({ keyPage }: EndpointPreset): boolean => keyPage !== undefined;

/**
 * Providers that are not set up and whose own variable is set; LiteLLM's belongs to an address that the user has yet to
 * enter.
 */
const keysAtHand = ({ presets, endpoints, hasVariable }: SetupUiFacts): EndpointPreset[] =>
  Object.values(presets).filter(
    (preset) =>
      isProvider(preset) &&
      preset.apiKeyEnv !== undefined &&
      hasVariable(preset.apiKeyEnv) &&
      !endpoints.some((endpoint) => endpoint.preset === preset.id),
  );

/** Only the name of the variable is read before the user chooses it. */
const variableItem = ({ id, label, apiKeyEnv = '' }: EndpointPreset): StartItem => ({
  label: `$(key) ${label}`,
  description: t('use the key in {0}', apiKeyEnv),
  start: { type: 'preset', preset: id, key: { type: 'variable', name: apiKeyEnv } },
});

const presetItem = ({ id, label, baseUrl, baseUrlTemplate }: EndpointPreset): StartItem => ({
  label,
  description: baseUrl ?? baseUrlTemplate ?? t('any server that speaks OpenAI’s protocol'),
  start: startOf(id),
});
