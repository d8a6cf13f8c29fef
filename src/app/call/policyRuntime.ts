/**
 * The present cost policy with its state, and the usage statistics of calls. Both are stored in the workspace's state;
 * they are kept decoded here and encoded only when that state is saved.
 */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import {
  costFactors,
  decodeCalibration,
  encodeCalibration,
  noteCost,
  uncalibrated,
  type CostCalibration,
} from '../../core/money/costCalibration.ts';
import {
  answersSeen,
  decodeStatistics,
  encodeStatistics,
  fittedCap,
  forecastCall,
  observeCall,
  type CallForecast,
  type CallKind,
  type CallStatistics,
  type CapPurpose,
  type FittedCap,
} from '../../core/money/outputLength.ts';
import {
  decodePaces,
  encodePaces,
  noPaces,
  notePace,
  paceOf,
  type ArmPace,
  type PaceSeen,
  type Paces,
} from '../../core/money/armPace.ts';
import { decodeBeliefs, encodeBeliefs, noBeliefs, type CacheBeliefs } from '../../core/money/promptCache.ts';
import { policyByName, type AnyPolicy } from '../../core/money/policies/index.ts';
import { profiled, type PriceRule, type Profile } from '../../core/money/policies/profile.ts';
import type { MoneySituation } from '../../core/money/policy.ts';
import type { TokenCounts } from '../../core/money/pricing.ts';
import { nothingLearned, type WorkspaceStateHolder } from './workspaceState.ts';

export class PolicyRuntime {
  readonly #workspace: WorkspaceStateHolder;
  readonly #policyName: () => string;
  /** By policy name; an earlier policy keeps its learned state. */
  readonly #states = new Map<string, unknown>();
  readonly #profile: () => Profile;
  #statistics: CallStatistics;
  #calibration: CostCalibration;
  #paces: Paces;
  #cacheBeliefs: CacheBeliefs;
  #cheaperOnce = false;

  constructor(
    workspace: WorkspaceStateHolder,
    policyName: () => string,
    profile: () => Profile = () => 'balanced',
  ) {
    this.#workspace = workspace;
    this.#policyName = policyName;
    this.#profile = profile;
    this.#statistics = decodeStatistics(workspace.get().callStatistics).state;
    this.#calibration = decodeCalibration(workspace.get().costCalibration);
    this.#paces = decodePaces(workspace.get().paces);
    this.#cacheBeliefs = decodeBeliefs(workspace.get().cacheBeliefs);
    workspace.contribute(() => ({
      policies: this.#encoded(),
      callStatistics: encodeStatistics(this.#statistics),
      costCalibration: encodeCalibration(this.#calibration),
      paces: encodePaces(this.#paces),
      cacheBeliefs: encodeBeliefs(this.#cacheBeliefs),
    }));
  }

  /** The policy under the user's profile, which changes its price but not its state. */
  get current(): AnyPolicy {
    return this.under(this.#cheaperOnce ? 'cheaper' : this.#profile());
  }

  under(rule: PriceRule): AnyPolicy {
    return profiled(this.#plain, rule);
  }

  get #plain(): AnyPolicy {
    return policyByName(this.#policyName());
  }

  get state(): unknown {
    const plain = this.#plain;
    if (!this.#states.has(plain.name)) {
      this.#states.set(plain.name, plain.decode(this.#workspace.get().policies[plain.name]).state);
    }
    return this.#states.get(plain.name);
  }

  set state(state: unknown) {
    this.#states.set(this.#plain.name, state);
    this.#workspace.touch();
  }

  /** Decides the next prompt with a higher price of money. */
  cheaperNext(): void {
    this.#cheaperOnce = true;
    // Nothing to save, but the price of the next prompt changes.
    this.#workspace.update({});
  }

  /** Called when a prompt that the user waits for was decided. */
  decided(): void {
    this.#cheaperOnce = false;
  }

  /** Forgets the prices, demand and lengths of this workspace. */
  forget(): void {
    this.#states.clear();
    this.#statistics = decodeStatistics(undefined).state;
    this.#calibration = uncalibrated;
    this.#paces = noPaces;
    this.#cacheBeliefs = noBeliefs;
    this.#workspace.update(nothingLearned);
  }

  settled(cost: NanoUsd, money: MoneySituation): void {
    this.state = this.current.settled(this.state, cost, money);
  }

  forecast(kind: CallKind, inputBytes: number): CallForecast {
    return forecastCall(this.#statistics, kind, inputBytes);
  }

  cap(kind: CallKind, purpose: CapPurpose, limits: Parameters<typeof fittedCap>[3]): FittedCap {
    return fittedCap(this.#statistics, kind, purpose, limits);
  }

  answersSeen(kind: CallKind): number {
    return answersSeen(this.#statistics, kind);
  }

  /** The factor for an arm's expected cost. */
  costFactors(): (armId: ArmId) => number {
    return costFactors(this.#calibration);
  }

  /** Only from known bills. @param expected before calibration */
  observeCost(armId: ArmId, call: { readonly expected: NanoUsd; readonly cost: NanoUsd }): void {
    this.#calibration = noteCost(this.#calibration, armId, call);
    this.#workspace.touch();
  }

  /** Only from reported usage. */
  observeCall(kind: CallKind, inputBytes: number, used: TokenCounts, wasCut: boolean): void {
    this.#statistics = observeCall(this.#statistics, kind, inputBytes, used, wasCut);
    this.#workspace.touch();
  }

  pace(armId: ArmId): ArmPace {
    return paceOf(this.#paces, armId);
  }

  observePace(armId: ArmId, seen: PaceSeen): void {
    this.#paces = notePace(this.#paces, armId, seen);
    this.#workspace.touch();
  }

  /** The lives of prompt caches, from usage reports. */
  get cacheBeliefs(): CacheBeliefs {
    return this.#cacheBeliefs;
  }

  set cacheBeliefs(beliefs: CacheBeliefs) {
    this.#cacheBeliefs = beliefs;
    this.#workspace.touch();
  }

  #encoded(): Record<string, unknown> {
    const encoded = [...this.#states].map(
      ([name, state]) => [name, policyByName(name).encode(state)] as const,
    );
    return { ...this.#workspace.get().policies, ...Object.fromEntries(encoded) };
  }
}
