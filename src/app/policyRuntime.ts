/**
 * The cost policy in force with its state, and what calls are known to use. Both live in the workspace's state; they
 * are kept decoded here and encoded only when that state is saved.
 */
import type { NanoUsd } from '../core/brand.ts';
import {
  decodeStatistics,
  encodeStatistics,
  forecastCall,
  observeCall,
  type CallForecast,
  type CallKind,
  type CallStatistics,
} from '../core/outputLength.ts';
import { policyByName, type AnyPolicy } from '../core/policies/index.ts';
import type { MoneySituation } from '../core/policy.ts';
import type { TokenClasses } from '../core/pricing.ts';
import type { WorkspaceStateHolder } from './workspaceState.ts';

export class PolicyRuntime {
  readonly #workspace: WorkspaceStateHolder;
  readonly #policyName: () => string;
  /** By policy name; a policy that was in force before keeps what it learnt. */
  readonly #states = new Map<string, unknown>();
  #statistics: CallStatistics;

  constructor(workspace: WorkspaceStateHolder, policyName: () => string) {
    this.#workspace = workspace;
    this.#policyName = policyName;
    this.#statistics = decodeStatistics(workspace.get().callStatistics).state;
    workspace.contribute(() => ({
      policies: this.#encoded(),
      callStatistics: encodeStatistics(this.#statistics),
    }));
  }

  get current(): AnyPolicy {
    return policyByName(this.#policyName());
  }

  get state(): unknown {
    const { current } = this;
    if (!this.#states.has(current.name)) {
      this.#states.set(current.name, current.decode(this.#workspace.get().policies[current.name]).state);
    }
    return this.#states.get(current.name);
  }

  set state(state: unknown) {
    this.#states.set(this.current.name, state);
    this.#workspace.touch();
  }

  settled(cost: NanoUsd, money: MoneySituation): void {
    this.state = this.current.settled(this.state, cost, money);
  }

  forecast(kind: CallKind, inputBytes: number): CallForecast {
    return forecastCall(this.#statistics, kind, inputBytes);
  }

  /** Only from usage that was reported. */
  observeCall(kind: CallKind, inputBytes: number, used: TokenClasses): void {
    this.#statistics = observeCall(this.#statistics, kind, inputBytes, used);
    this.#workspace.touch();
  }

  #encoded(): Record<string, unknown> {
    const encoded = [...this.#states].map(
      ([name, state]) => [name, policyByName(name).encode(state)] as const,
    );
    return { ...this.#workspace.get().policies, ...Object.fromEntries(encoded) };
  }
}
