/**
 * The state of the cost policy and of steering for one workspace: one versioned key of VS Code's workspaceState, under
 * 64 KB (docs/decisions.md, "Where state lives"). It contains no money, so that its loss, or a write by another window,
 * affects neither the limit nor the pacing. Version 1: everything below.
 */
import type { ArmId } from '../../core/brand.ts';
import type { PolicyStore } from '../ports/decisions.ts';
import type { Disposable } from '../ports/environment.ts';
import {
  anything,
  exactly,
  kept,
  mapOf,
  object,
  otherwise,
  parse,
  text,
  tuple,
  where,
} from '../../core/shape.ts';

const version = 1;
/** The most conversations whose model is remembered; the oldest are dropped first. */
const maxSticky = 100;
export const maxStateBytes = 64 * 1024;

export interface WorkspaceState {
  /** By policy name, in the policy's own encoding: switching back finds the learned state. */
  readonly policies: Readonly<Record<string, unknown>>;
  readonly callStatistics: unknown;
  readonly costCalibration: unknown;
  readonly paces: unknown;
  readonly cacheBeliefs: unknown;
  /** Newest last. */
  readonly sticky: readonly (readonly [conversationId: string, arm: ArmId])[];
  readonly pins: Pins;
  readonly excluded: readonly ArmId[];
}

export interface Pins {
  readonly workspace: ArmId | undefined;
  readonly languages: Readonly<Record<string, ArmId>>;
  readonly conversations: Readonly<Record<string, ArmId>>;
}

export const noPins: Pins = { workspace: undefined, languages: {}, conversations: {} };
/** The state without anything learned in the workspace. */
export const nothingLearned = {
  policies: {},
  callStatistics: undefined,
  costCalibration: undefined,
  paces: undefined,
  cacheBeliefs: undefined,
  sticky: [],
} as const satisfies Partial<WorkspaceState>;
const initial: WorkspaceState = {
  ...nothingLearned,
  pins: noPins,
  excluded: [],
};

export class WorkspaceStateHolder {
  #state: WorkspaceState;
  readonly #store: PolicyStore;
  readonly #contributors: (() => Partial<WorkspaceState>)[] = [];
  readonly #listeners = new Set<() => void>();

  /** Total: garbage gives the initial state; the store sets the garbage aside. */
  constructor(store: PolicyStore) {
    this.#store = store;
    const stored = store.load();
    const decoded = stored === undefined ? initial : decodeWorkspaceState(stored);
    if (decoded === undefined) store.setAside(stored);
    this.#state = decoded ?? initial;
  }

  get(): WorkspaceState {
    return this.#state;
  }

  update(change: Partial<WorkspaceState>): void {
    this.#state = { ...this.#state, ...change };
    this.touch();
    for (const listener of this.#listeners) listener();
  }

  /** Fires when a wish or a sticky choice changed; changes of the contributors' parts are not reported. */
  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** A part that changes with each decision is kept by its contributor, which returns its state for each save. */
  contribute(part: () => Partial<WorkspaceState>): void {
    this.#contributors.push(part);
  }

  touch(): void {
    this.#store.save(() => {
      for (const part of this.#contributors) this.#state = { ...this.#state, ...part() };
      return encodeWorkspaceState(this.#state);
    });
  }

  stickyArm(conversationId: string): ArmId | undefined {
    return this.#state.sticky.find(([id]) => id === conversationId)?.[1];
  }

  stick(conversationId: string, arm: ArmId): void {
    if (this.stickyArm(conversationId) === arm) return;
    const others = this.#state.sticky.filter(([id]) => id !== conversationId);
    this.update({ sticky: [...others, [conversationId, arm] as const].slice(-maxSticky) });
  }
}

/** Removes the least important parts until the state fits: sticky choices first, then the policies' learned details. */
export function encodeWorkspaceState(state: WorkspaceState): unknown {
  const full = { version, ...state };
  if (sizeOf(full) <= maxStateBytes) return full;
  const lean = { ...full, sticky: state.sticky.slice(-10), pins: { ...state.pins, conversations: {} } };
  return sizeOf(lean) <= maxStateBytes ? lean : { ...lean, policies: {}, callStatistics: undefined };
}

const key = text(Infinity);
const armIdShape = where(key, (id): id is ArmId => typeof id === 'string');
const armsByKey = mapOf(armIdShape);
const versionShape = object({ version: exactly(version) });
const stateShape = object({
  policies: mapOf(anything),
  callStatistics: anything,
  costCalibration: anything,
  paces: anything,
  cacheBeliefs: anything,
  sticky: kept(tuple(key, armIdShape)),
  pins: otherwise(
    object({
      workspace: otherwise(armIdShape, undefined),
      languages: armsByKey,
      conversations: armsByKey,
    }),
    noPins,
  ),
  excluded: kept(armIdShape),
});

/** Undefined = not a state this version can read. */
export function decodeWorkspaceState(stored: unknown): WorkspaceState | undefined {
  const state = parse(versionShape, stored) && parse(stateShape, stored);
  return state && { ...state, sticky: state.sticky.slice(-maxSticky) };
}

const sizeOf = (value: unknown): number => JSON.stringify(value).length;
