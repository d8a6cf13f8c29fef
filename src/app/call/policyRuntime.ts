/**
 * The cost policy in force with its state, and what calls are known to use. Both live in the workspace's state; they
 * are kept decoded here and encoded only when that state is saved.
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
  /** By policy name; a policy that was in force before keeps what it learnt. */
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

  /** Under the user's profile, which changes its price and nothing of its state. */
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

  /** The next prompt is decided as if money were dearer. */
  cheaperNext(): void {
    this.#cheaperOnce = true;
    // Nothing to save, but what the next prompt costs is another price now.
    this.#workspace.update({});
  }

  /** A prompt that the user waits for was decided. */
  decided(): void {
    this.#cheaperOnce = false;
  }

  /** Forgets prices, demand and lengths seen in this workspace. */
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

  /** What an arm's expected cost is to be multiplied by. */
  costFactors(): (armId: ArmId) => number {
    return costFactors(this.#calibration);
  }

  /** Only from bills that are known. @param expected before it was calibrated */
  observeCost(armId: ArmId, call: { readonly expected: NanoUsd; readonly cost: NanoUsd }): void {
    this.#calibration = noteCost(this.#calibration, armId, call);
    this.#workspace.touch();
  }

  /** Only from usage that was reported. */
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

  /** How long prompt caches live, as far as usage reports have told. */
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
