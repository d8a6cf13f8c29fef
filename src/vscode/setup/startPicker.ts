import * as vscode from 'vscode';
import type { Preset, PresetId } from '../../app/settings/index.ts';
import type { DetectedServer } from '../../app/setup/detect.ts';
import type { SetupStart } from '../../app/setup/flow.ts';
import type { SetupUiFacts } from './ui.ts';
import { shownName } from '../armName.ts';

const { t } = vscode.l10n;

type Item = vscode.QuickPickItem & { readonly start?: SetupStart };

/** Where the models come from. The list is there at once; local servers join it when they have answered. */
export function pickStart(facts: SetupUiFacts, title: string): Promise<SetupStart | undefined> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = title;
  picker.placeholder = t('Where do the models come from?');
  picker.matchOnDescription = true;
  picker.ignoreFocusOut = true;
  picker.items = itemsFor(facts, []);
  picker.busy = true;
  void facts.detect().then((detected) => {
    picker.busy = false;
    if (detected.length > 0) refill(picker, itemsFor(facts, detected));
  });
  return new Promise((resolve) => {
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

/** New items make the first one active; whoever has moved on already stays where he is. */
function refill(picker: vscode.QuickPick<Item>, items: readonly Item[]): void {
  const [active] = picker.activeItems;
  const moved = active !== undefined && active !== picker.items.find(({ start }) => start);
  picker.items = items;
  if (moved) picker.activeItems = items.filter(({ label }) => label === active.label);
}

function itemsFor(facts: SetupUiFacts, detected: readonly DetectedServer[]): Item[] {
  const here = new Map(detected.map(({ preset, models }) => [preset, models]));
  const presets = Object.values(facts.presets).filter(({ id }) => !here.has(id));
  return [
    ...group(
      t('Running on this machine'),
      [...here].map(([id, models]) => detectedItem(facts.presets[id], models)),
    ),
    ...group(
      t('Set up already'),
      facts.endpoints.map((endpoint) => ({
        label: shownName(endpoint),
        description: t('change its models'),
        start: { type: 'endpoint', endpoint },
      })),
    ),
    ...group(
      t('Providers'),
      presets.filter(({ keyPage }) => keyPage !== undefined).map((preset) => presetItem(preset, facts)),
    ),
    ...group(
      t('Your own servers'),
      presets.filter(({ keyPage }) => keyPage === undefined).map((preset) => presetItem(preset, facts)),
    ),
  ];
}

const group = (label: string, items: readonly Item[]): Item[] =>
  items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];

const startOf = (preset: PresetId): SetupStart => ({ type: 'preset', preset });

const detectedItem = ({ id, label }: Preset, models: number): Item => ({
  label: `$(check) ${label}`,
  description: models === 1 ? t('one model') : t('{0} models', models),
  start: startOf(id),
});

function presetItem({ id, label, apiKeyEnv, baseUrl }: Preset, { hasVariable }: SetupUiFacts): Item {
  const known = apiKeyEnv !== undefined && hasVariable(apiKeyEnv);
  return {
    label,
    description: known
      ? t('{0} is set', apiKeyEnv)
      : (baseUrl ?? t('any server that speaks OpenAI’s protocol')),
    start: startOf(id),
  };
}
