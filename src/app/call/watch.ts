/** Measures the times of one answer, for the bound on its unseen tokens and for its speed. */
import { metered, restingMeter } from '../../core/money/armPace.ts';
import { mostTokens } from '../../core/money/mostTokens.ts';
import { SILENCE_MS, type UnseenTime } from '../../core/money/unseen.ts';
import type { Clock } from '../ports/environment.ts';

/** A moment by two clocks: a monotonic one, which may stop while the machine sleeps, and the wall clock. */
interface Moment {
  readonly steady: number;
  readonly world: number;
}

export class AnswerWatch {
  readonly #clock: Clock;
  #sent: Moment | undefined;
  #last: Moment | undefined;
  #end: Moment | undefined;
  #thinking = 0;
  #meter = restingMeter;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Called when the request leaves; only the first call counts. */
  sent(): void {
    this.#sent ??= this.#now();
  }

  /** Called when text, reasoning or a tool call arrived. */
  saw(text: string): void {
    const now = this.#now();
    const before = this.#last ?? this.#sent ?? now;
    const pause = passed(before, now);
    if (this.#last === undefined || pause >= SILENCE_MS) this.#thinking += pause;
    this.#last = now;
    this.#meter = metered(this.#meter, mostTokens(text), now.steady);
  }

  /** Called when the connection has ended; only the first call counts. */
  ended(): void {
    this.#end ??= this.#now();
  }

  /** Up to the end, or until now. */
  get time(): UnseenTime {
    const end = this.#end ?? this.#now();
    const sent = this.#sent ?? end;
    return { whole: passed(sent, end), silent: passed(this.#last ?? sent, end), thinking: this.#thinking };
  }

  /** Speed of the fastest half second, tokens a second, an upper bound; undefined = the answer was too short. */
  get speed(): number | undefined {
    return this.#meter.fastest;
  }

  #now(): Moment {
    return { steady: this.#clock.elapsed?.() ?? performance.now(), world: this.#clock.now() };
  }
}

/** The longer of both: a clock that was set back shortens no time, and the time in which the machine slept counts. */
const passed = (from: Moment, to: Moment): number =>
  Math.max(0, to.steady - from.steady, to.world - from.world);
