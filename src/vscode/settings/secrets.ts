/**
 * Keys: in the keyring by endpoint, with the endpoint's own environment variable as fallback. A key is bound to the
 * host for which it was entered, so a changed base URL does not send it elsewhere.
 */
import * as vscode from 'vscode';
import type { Clock, Log } from '../../app/ports/environment.ts';
import type { Endpoint, PresetTable } from '../../app/settings/index.ts';
import type { EpochMs } from '../../core/brand.ts';
import { isLoopback } from '../../providers/http/safety.ts';
import { showWarning } from '../kit/notify.ts';
import type { HostConsents } from './hostConsents.ts';

export interface SecretsDeps {
  readonly storage: vscode.SecretStorage;
  readonly clock: Clock;
  readonly log: Log;
  readonly consents: HostConsents;
  /** A provider's own variable may go to the provider's own host without a question. */
  readonly presets: PresetTable;
  /** The source of environment variables; tests pass their own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export class Secrets implements vscode.Disposable {
  readonly #deps: SecretsDeps;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  /** By endpoint and host; undefined = looked up and absent. */
  readonly #known = new Map<string, string | undefined>();
  /**
   * Where and when the keyring failed: the known value is then the environment's, and the keyring may be unlocked
   * later.
   */
  readonly #failedAt = new Map<string, EpochMs>();
  readonly #asking = new Map<string, Promise<string | undefined>>();
  /** Counts changes, so an answer of the keyring that is older than a change is dropped. */
  #version = 0;
  #keyringFailed = false;
  /** Variables and hosts about which the user was asked in this session. */
  readonly #askedAbout = new Set<string>();
  /** Fires when a key was stored or deleted, here or in another window. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: SecretsDeps) {
    this.#deps = deps;
    this.#environment = deps.environment ?? process.env;
    this.#subscription = deps.storage.onDidChange(({ key }) => {
      if (!key.startsWith(PREFIX)) return;
      this.#forget();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /**
   * For routing, without waiting: whether a call could have its key. Unknown counts as yes until the keyring has
   * answered; the call itself then fails with 'no-key' before a request is sent.
   */
  hasKey(endpoint: Endpoint | undefined): boolean {
    if (!endpoint) return false;
    if (!endpoint.needsKey) return true;
    const slot = slotOf(endpoint);
    const failedAt = this.#failedAt.get(slot);
    const isDue = failedAt === undefined || this.#deps.clock.now() - failedAt >= retryMs;
    if (!this.#known.has(slot) || (failedAt !== undefined && isDue)) void this.key(endpoint);
    return !this.#known.has(slot) || this.#known.get(slot) !== undefined;
  }

  async key(endpoint: Endpoint): Promise<string | undefined> {
    const slot = slotOf(endpoint);
    if (this.#known.has(slot) && !this.#failedAt.has(slot)) return this.#known.get(slot);
    const running = this.#asking.get(slot);
    if (running) return running;
    const asking = this.#ask(endpoint, slot);
    this.#asking.set(slot, asking);
    void asking.finally(() => {
      if (this.#asking.get(slot) === asking) this.#asking.delete(slot);
    });
    return asking;
  }

  async #ask(endpoint: Endpoint, slot: string): Promise<string | undefined> {
    const version = this.#version;
    const stored = await this.#stored(endpoint, slot);
    const key = stored.key ?? this.#confirmedVariable(endpoint);
    if (version !== this.#version) return key;
    const isBack = this.#failedAt.delete(slot) && stored.answered;
    if (!stored.answered) this.#failedAt.set(slot, this.#deps.clock.now());
    this.#known.set(slot, key);
    // An arm that was excluded for lack of its key is available again.
    if (isBack) this.#changed.fire();
    return key;
  }

  /** False = the keyring refused, and the user must be offered another way. */
  async store(endpoint: Pick<Endpoint, 'id' | 'baseUrl'>, key: string): Promise<boolean> {
    const entry: StoredKey = { host: hostOf(endpoint.baseUrl), key };
    try {
      await this.#deps.storage.store(PREFIX + endpoint.id, JSON.stringify(entry));
    } catch (error) {
      this.#deps.log.warn(`The keyring refused the key of ${endpoint.id}: ${reasonOf(error, key)}`);
      return false;
    }
    this.#forget();
    return true;
  }

  #forget(): void {
    this.#version++;
    this.#known.clear();
    this.#failedAt.clear();
    this.#asking.clear();
    this.#changed.fire();
  }

  async #stored(
    endpoint: Endpoint,
    slot: string,
  ): Promise<{ readonly answered: boolean; readonly key: string | undefined }> {
    const none = { answered: true, key: undefined };
    try {
      const entry = decode(await this.#deps.storage.get(PREFIX + endpoint.id));
      if (!entry) return none;
      if (entry.host === hostOf(endpoint.baseUrl)) return { answered: true, key: entry.key };
      this.#deps.log.warn(
        `The key of ${endpoint.id} was entered for ${entry.host}; it is not sent elsewhere.`,
      );
      return none;
    } catch (error) {
      if (!this.#failedAt.has(slot)) this.#tellKeyringFailed(endpoint, error);
      return { answered: false, key: undefined };
    }
  }

  /** Whether the user has agreed to send this endpoint's key to its host over plain http. */
  mayGoPlain({ baseUrl }: Endpoint): boolean {
    return this.#deps.consents.mayGoPlain(new URL(baseUrl).origin);
  }

  async allowPlain({ baseUrl }: Endpoint): Promise<void> {
    await this.#deps.consents.allowPlain(new URL(baseUrl).origin);
  }

  /** Records that the user has chosen this variable for this endpoint. */
  async confirmVariable(name: string, { baseUrl }: Endpoint): Promise<void> {
    await this.#deps.consents.allowVariable(name, hostOf(baseUrl));
    this.#forget();
  }

  /** The key in the endpoint's variable, once the user has agreed that it goes to this host. */
  #confirmedVariable(endpoint: Endpoint): string | undefined {
    const { apiKeyEnv: name, baseUrl, preset } = endpoint;
    const key = this.#fromEnvironment(endpoint);
    if (name === undefined || key === undefined) return key;
    const { apiKeyEnv, baseUrl: home } = this.#deps.presets[preset];
    const isHome = name === apiKeyEnv && home !== undefined && hostOf(home) === hostOf(baseUrl);
    // A key for a server on this machine does not leave the machine.
    const isHere = isLoopback(new URL(baseUrl).hostname);
    if (isHome || isHere || this.#deps.consents.mayUseVariable(name, hostOf(baseUrl))) return key;
    this.#askAboutVariable(name, endpoint);
    return undefined;
  }

  #askAboutVariable(name: string, endpoint: Endpoint): void {
    const question = `${name} ${hostOf(endpoint.baseUrl)}`;
    if (this.#askedAbout.has(question)) return;
    this.#askedAbout.add(question);
    const t = vscode.l10n.t;
    const { host } = new URL(endpoint.baseUrl);
    const way = t('Send It to {0}', host);
    const text = t(
      'The settings say that the key in the environment variable {0} goes to {1}, where PILOT has never sent it. Until you agree, it stays here.',
      name,
      host,
    );
    void showWarning(text, way).then((picked) =>
      picked === way ? this.confirmVariable(name, endpoint) : undefined,
    );
  }

  #fromEnvironment({ apiKeyEnv }: Endpoint): string | undefined {
    return apiKeyEnv === undefined ? undefined : this.#environment[apiKeyEnv]?.trim() || undefined;
  }

  /** Once a session: on Linux without a keyring every look-up fails. */
  #tellKeyringFailed(endpoint: Endpoint, error: unknown): void {
    this.#deps.log.error('The keyring cannot be read', reasonOf(error, ''));
    if (this.#keyringFailed || !endpoint.needsKey || this.#fromEnvironment(endpoint) !== undefined) return;
    this.#keyringFailed = true;
    const t = vscode.l10n.t;
    const way = t('Name an Environment Variable');
    const text = t(
      'The system keyring cannot be read, so PILOT has no key for {0}. Use an environment variable instead.',
      endpoint.label,
    );
    void showWarning(text, way).then((picked) => {
      if (picked === way) void vscode.commands.executeCommand('pilot.enterKey', endpoint.id);
    });
  }
}

const PREFIX = 'pilot.key.';
/** Milliseconds: a keyring that failed is asked again for a prompt, but not at each keystroke. */
const retryMs = 10_000;

interface StoredKey {
  readonly host: string;
  readonly key: string;
}

function decode(text: string | undefined): StoredKey | undefined {
  if (text === undefined) return undefined;
  try {
    const entry = JSON.parse(text) as Partial<StoredKey> | null;
    if (typeof entry?.host === 'string' && typeof entry.key === 'string') return entry as StoredKey;
  } catch {
    // An entry of another version, or a damaged one, counts as absent; the user can enter the key again.
  }
  return undefined;
}

const slotOf = (endpoint: Endpoint): string =>
  `${endpoint.id} ${hostOf(endpoint.baseUrl)} ${endpoint.apiKeyEnv ?? ''}`;

/** Scheme, host and port; one value for all loopback servers, whose port may change. */
function hostOf(baseUrl: string): string {
  const { hostname, origin } = new URL(baseUrl);
  return isLoopback(hostname) ? 'this machine' : origin;
}

const reasonOf = (error: unknown, key: string): string => {
  const message = error instanceof Error ? error.message : String(error);
  return key === '' ? message : message.replaceAll(key, '***');
};
