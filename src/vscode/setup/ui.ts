/** The questions of set-up as VS Code's quick picks and input boxes, one after the other. */
import * as vscode from 'vscode';
import type { ProviderError } from '../../app/ports/models.ts';
import type { Endpoint, EndpointPreset } from '../../app/settings/index.ts';
import { understandUrl } from '../../app/settings/url.ts';
import type { CapQuestion } from '../../app/setup/capQuestion.ts';
import type { ModelDraft } from '../../app/setup/draft.ts';
import type {
  AfterFailure,
  KeyAnswer,
  KeyQuestion,
  ModelChoice,
  ModelOffer,
  SetupStart,
  SetupSummary,
  SetupUi,
} from '../../app/setup/dialogue.ts';
import { parsePriceInput } from '../../app/setup/priceInput.ts';
import type { RateCard } from '../../core/arm.ts';
import { providerSentence } from '../words/messages.ts';
import { askForKey } from './keyInput.ts';
import { pickModels } from './modelPicker.ts';
import { pickStart, type SetupUiFacts } from './startPicker.ts';
import { usd } from '../kit/format.ts';
import { modelCount } from '../words/counts.ts';
import { showInformation, showWarning, withProgress } from '../kit/notify.ts';

const { t } = vscode.l10n;
const title = (): string => t('PILOT: Set Up Models');

export class QuickPickSetupUi implements SetupUi {
  readonly #facts: SetupUiFacts;

  constructor(facts: SetupUiFacts) {
    this.#facts = facts;
  }

  start(): Promise<SetupStart | undefined> {
    return pickStart(this.#facts, title());
  }

  async askBaseUrl(preset: EndpointPreset, former?: string): Promise<string | undefined> {
    const entered = await vscode.window.showInputBox({
      title: title(),
      prompt: t('The address of the server, as its documentation gives it for OpenAI clients.'),
      value: former ?? preset.baseUrl ?? '',
      placeHolder: 'https://example.com/v1',
      ignoreFocusOut: true,
      validateInput: (text) =>
        understandUrl(text) ? undefined : t('Enter an address that begins with https:// or http://'),
    });
    return entered?.trim();
  }

  async confirmPlainHttp(host: string): Promise<boolean> {
    const send = t('Send the Key to {0}', host);
    const warning = t('The key for {0} would be sent without encryption.', host);
    const detail = t(
      'Anyone on the network between this machine and {0} can read it. PILOT asks once for each host, and never sends a key to a public address this way.',
      host,
    );
    return (await showWarning(warning, { modal: true, detail }, send)) === send;
  }

  askKey(question: KeyQuestion): Promise<KeyAnswer | undefined> {
    return askForKey(question, title());
  }

  async whileFetching<T>(endpoint: Endpoint, fetch: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: t('PILOT: asking {0} for its models …', endpoint.label),
      cancellable: true,
    };
    return withProgress(options, (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return fetch(abort.signal);
    });
  }

  /** A picker that stays open and contains the sentence. */
  async listFailed(endpoint: Endpoint, error: ProviderError): Promise<AfterFailure | undefined> {
    if (error.kind === 'cancelled') return undefined;
    const again = { label: t('Try Again'), way: 'again' } as const;
    const key = { label: t('Enter Key'), way: 'key' } as const;
    const address = {
      label: t('Change Address'),
      description: endpoint.baseUrl,
      way: 'address',
    } as const;
    const byHand = { label: t('Type Model Names'), way: 'by-hand' } as const;
    const aboutKey = ['wrong-key', 'no-key', 'forbidden'].includes(error.kind);
    const isFixed = this.#facts.presets[endpoint.preset].baseUrl === endpoint.baseUrl;
    const items = [aboutKey ? key : again, ...(isFixed ? [] : [address]), byHand];
    const sentence = providerSentence(endpoint.label, error);
    const heading = { label: sentence, kind: vscode.QuickPickItemKind.Separator, way: undefined };
    const picked = await vscode.window.showQuickPick([heading, ...items], {
      title: title(),
      placeHolder: sentence,
      ignoreFocusOut: true,
    });
    return picked?.way;
  }

  async askNames(endpoint: Endpoint): Promise<readonly string[] | undefined> {
    const entered = await vscode.window.showInputBox({
      title: title(),
      prompt: t('The models of {0} to use, as the endpoint names them, separated by commas.', endpoint.label),
      ignoreFocusOut: true,
    });
    const names = entered
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    return names && names.length > 0 ? [...new Set(names)] : undefined;
  }

  chooseModels(offer: ModelOffer): Promise<ModelChoice | undefined> {
    return pickModels(offer, title());
  }

  async askPrice(
    draft: ModelDraft,
    position: number,
    total: number,
  ): Promise<RateCard | 'later' | undefined> {
    const entered = await vscode.window.showInputBox({
      title: total === 1 ? title() : t('{0} ({1} of {2})', title(), position, total),
      prompt: t(
        'USD per million tokens of {0}: input / output, such as 0.25 / 2. 0 = free. Empty = later; without a price it is not used.',
        draft.model.id,
      ),
      placeHolder: '0.25 / 2',
      ignoreFocusOut: true,
      validateInput: (text) =>
        text.trim() === '' || parsePriceInput(text)
          ? undefined
          : t('Enter two numbers, such as 0.25 / 2, or 0.'),
    });
    return entered === undefined ? undefined : (parsePriceInput(entered) ?? 'later');
  }

  async askCap({ endpoint, model, bounded, unbounded }: CapQuestion): Promise<'yes' | 'no' | undefined> {
    const items = [
      {
        label: t('Yes, It Limits Everything Billed'),
        description: t('{0} reserves about {1} for an answer', model, usd(bounded)),
        answer: 'yes',
      },
      {
        label: t('No, or Not Known'),
        description: t('{0} reserves about {1} for an answer', model, usd(unbounded)),
        detail: t(
          'Reasoning that is not shown may be billed beyond the limit, so PILOT reserves all that a model can write until the bill is known.',
        ),
        answer: 'no',
      },
    ] as const;
    const picked = await vscode.window.showQuickPick(items, {
      title: title(),
      placeHolder: t('Does the output limit that PILOT sends to {0} also limit reasoning?', endpoint.label),
      ignoreFocusOut: true,
    });
    return picked?.answer;
  }

  keyKept(endpoint: Endpoint): void {
    void showInformation(t('PILOT now has a key for {0}.', endpoint.label));
  }

  /** After the first set-up the composer opens, since the next step is a question. */
  done({ first, endpoint, models, unpriced, lacksLimit }: SetupSummary): void {
    const ask = { title: t('Ask'), command: 'pilot.ask' };
    const limit = { title: t('Set Monthly Limit'), command: 'pilot.setMonthlyLimit' };
    const test = { title: t('Test a Model'), command: 'pilot.testModel' };
    const ready =
      models === 1
        ? t('PILOT may now choose one model of {0}.', endpoint.label)
        : t('PILOT may now choose among {0} models of {1}.', models, endpoint.label);
    const text =
      unpriced === 0 ? ready : t('{0} Not used until a price is set: {1}.', ready, modelCount(unpriced));
    const ways = [...(first ? [] : [ask]), ...(lacksLimit ? [limit] : []), test];
    if (first) void vscode.commands.executeCommand(ask.command);
    void showInformation(text, ...ways).then((picked) => {
      if (picked) void vscode.commands.executeCommand(picked.command);
    });
  }
}
