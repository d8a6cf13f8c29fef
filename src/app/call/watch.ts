/** The times of one answer, for what can have been made of it unseen, and its speed. */
import { metered, restingMeter } from '../../core/money/armPace.ts';
import { mostTokens } from '../../core/money/mostTokens.ts';
import { SILENCE_MS, type UnseenTime } from '../../core/money/unseen.ts';
import type { Clock } from '../ports/environment.ts';

/** A moment by both clocks: one that never jumps but may rest while the machine sleeps, and the world's. */
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

  /** The request leaves; only the first time counts. */
  sent(): void {
    this.#sent ??= this.#now();
  }

  /** Text, a thought or a tool call came. */
  saw(text: string): void {
    const now = this.#now();
    const before = this.#last ?? this.#sent ?? now;
    const pause = passed(before, now);
    if (this.#last === undefined || pause >= SILENCE_MS) this.#thinking += pause;
    this.#last = now;
    this.#meter = metered(this.#meter, mostTokens(text), now.steady);
  }

  /** The connection has ended; only the first time counts. */
  ended(): void {
    this.#end ??= this.#now();
  }

  /** Up to the end, or until now. */
  get time(): UnseenTime {
    const end = this.#end ?? this.#now();
    const sent = this.#sent ?? end;
    return { whole: passed(sent, end), silent: passed(this.#last ?? sent, end), thinking: this.#thinking };
  }

  /** Of the fastest half second, tokens a second at most; undefined = it was too short to say. */
  get speed(): number | undefined {
    return this.#meter.fastest;
  }

  #now(): Moment {
    return { steady: this.#clock.elapsed?.() ?? performance.now(), world: this.#clock.now() };
  }
}

/** The longer of both: a clock set back makes no time unhappen, and what a sleeping machine missed has passed. */
const passed = (from: Moment, to: Moment): number =>
  Math.max(0, to.steady - from.steady, to.world - from.world);
