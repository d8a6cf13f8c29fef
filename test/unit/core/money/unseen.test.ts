import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Arm } from '../../../../src/core/arm.ts';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import {
  FASTEST_PUBLISHED,
  decodePaces,
  encodePaces,
  metered,
  noPaces,
  notePace,
  paceOf,
  paceOfBill,
  restingMeter,
  type Paces,
} from '../../../../src/core/money/armPace.ts';
import { billFor } from '../../../../src/core/money/billing.ts';
import { mostTokens } from '../../../../src/core/money/mostTokens.ts';
import { costOf, mostCost } from '../../../../src/core/money/pricing.ts';
import { GRACE_MS, SILENCE_MS, mostMade, type UnseenTime } from '../../../../src/core/money/unseen.ts';

const id = armId('test', 'model');
const price = { inputUsdPerMTok: 3, outputUsdPerMTok: 15 };
const arm: Arm = {
  id,
  endpointId: 'test',
  model: 'model',
  label: 'Model',
  price,
  contextTokens: 128_000,
  maxOutputTokens: 8_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'none' },
  simulated: false,
};

/**
 * A model of a provider in time, in milliseconds: it generates one token after another, at least `stepMs` apart, may
 * reason invisibly before the first and in between, and continues after the end of the connection.
 */
interface Provider {
  readonly stepMs: number;
  /**
   * Delays of the request to the provider, of a token back, and of the end of the connection, and the time for which it
   * then continues.
   */
  readonly delays: readonly [number, number, number, number];
  /** Number of reasoning tokens, then of visible tokens, and so on. */
  readonly runs: readonly (readonly [thought: number, said: number])[];
  readonly slower: readonly number[];
  readonly cap: number;
}

interface Played {
  readonly made: number;
  readonly received: number;
  readonly time: UnseenTime;
}

function play(
  { stepMs, delays: [there, back, end, goesOn], runs, slower, cap }: Provider,
  stopAt: number,
): Played {
  const untilMade = stopAt + end + goesOn;
  let [now, made, received, last, thinking] = [there, 0, 0, 0, 0];
  const step = (): boolean => {
    now += stepMs * (1 + (slower[made % slower.length] ?? 0));
    if (now > untilMade || made >= cap) return false;
    made++;
    return true;
  };
  for (const [thought, said] of runs) {
    // Reasoning shorter than a detectable silence counts as none.
    const hidden = received > 0 && thought * stepMs < SILENCE_MS ? 0 : thought;
    for (let i = 0; i < hidden && step(); i++);
    for (let i = 0; i < said && step(); i++) {
      const at = now + back;
      if (at > stopAt) continue;
      if (received === 0 || at - last >= SILENCE_MS) thinking += at - last;
      received++;
      last = at;
    }
  }
  return { made, received, time: { whole: stopAt, silent: stopAt - last, thinking } };
}

/** Delays of all kinds, together within the grace. */
const delays = fc
  .tuple(fc.nat(2_000), fc.nat(2_000), fc.nat(2_000), fc.nat(5_000))
  .map(([there, back, end, goesOn]) => {
    const all = back + end + goesOn;
    const scale = all > GRACE_MS ? GRACE_MS / all : 1;
    return [there, back * scale, end * scale, goesOn * scale] as const;
  });
const speed = fc.integer({ min: 2, max: 3_000 });
const providers = (thinks: boolean) =>
  fc.record({
    /** Its highest known speed in tokens a second; it may be twice as fast this time. */
    known: speed,
    faster: fc.oneof(fc.constant(2), fc.double({ min: 0.05, max: 2, noNaN: true })),
    delays,
    runs: fc.array(fc.tuple(thinks ? fc.nat(600) : fc.constant(0), fc.nat(400)), {
      minLength: 1,
      maxLength: 5,
    }),
    slower: fc.oneof(
      fc.constant([0]),
      fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 7 }),
    ),
    cap: fc.integer({ min: 1, max: 4_096 }),
    stopAt: fc.integer({ min: 0, max: 20_000 }),
  });

describe('what can have been made of a stopped answer', () => {
  for (const thinks of [false, true]) {
    it(`is never below the bill, over speeds, delays and a grace${thinks ? ', with thoughts nobody sees' : ''}`, () => {
      fc.assert(
        fc.property(providers(thinks), ({ known, faster, stopAt, ...provider }) => {
          const stepMs = 1000 / (known * faster);
          const { made, received, time } = play({ ...provider, stepMs }, stopAt);
          const inputTokens = 700;
          const worstCase = mostCost({ price }, { inputTokens: 4_000, outputTokens: provider.cap })!;
          const text = 'so '.repeat(received);
          const { cost, heldBack } = billFor({
            arm,
            worstCase,
            inputTokens,
            leastInput: 0,
            usage: undefined,
            complete: false,
            visible: { text, events: received },
            mostMade: {
              inputTokens,
              outputTokens: mostMade(Math.max(received, mostTokens(text)), time, { speed: known }, thinks),
            },
          });
          const bill = costOf(price, {
            input: inputTokens,
            cachedInput: 0,
            cacheWrite: 0,
            output: made,
            reasoning: 0,
          });
          assert.ok(cost + heldBack >= bill, `${cost + heldBack} < ${bill}`);
          assert.ok(cost + heldBack <= worstCase);
        }),
        { numRuns: 400 },
      );
    });
  }

  it('is far less than the reservation where the model is known', () => {
    const time = { whole: 6_000, silent: 100, thinking: 800 };
    const made = mostMade(240, time, { speed: 50 }, false);
    assert.equal(made, 240 + 2 * 50 * 5.1);
    assert.ok(made < 8_000 / 10);
  });

  it('counts thoughts from the start of the request, and never more than the whole time can hold', () => {
    const early = { whole: 10_000, silent: 10_000, thinking: 0 };
    assert.equal(mostMade(0, early, { speed: 50 }, true), 1_500);
    const late = { whole: 10_000, silent: 100, thinking: 9_000 };
    assert.equal(mostMade(40, late, { speed: 50 }, true), 40 + 1_410);
    assert.equal(mostMade(900, { ...late, thinking: 9_900 }, { speed: 50 }, true), 1_500);
  });

  it('takes an arm of which nothing is known for the fastest ever published', () => {
    const time = { whole: 100, silent: 100, thinking: 0 };
    assert.equal(mostMade(0, time, { speed: undefined }, false), 2 * FASTEST_PUBLISHED * 5.1);
  });

  it('holds everything where the time is no number, and nothing more where it is negative', () => {
    const pace = { speed: 50 };
    const time = { whole: 1_000, silent: NaN, thinking: 0 };
    assert.equal(mostMade(10, time, pace, false), Infinity);
    const worstCase = 5_000_000 as NanoUsd;
    const visible = { text: 'a', events: 1 };
    const call = {
      arm,
      worstCase,
      inputTokens: 10,
      leastInput: 0,
      usage: undefined,
      complete: false,
      visible,
    };
    const bill = billFor({ ...call, mostMade: { inputTokens: 10, outputTokens: Infinity } });
    assert.equal(bill.cost + bill.heldBack, worstCase);
    assert.equal(mostMade(10, { whole: -5, silent: -5, thinking: -5 }, pace, true), 10 + 500);
  });
});

describe('a bill of a stopped call', () => {
  const worstCase = mostCost({ price }, { inputTokens: 4_000, outputTokens: 8_000 })!;
  const visible = { text: 'one two three', events: 3 };
  const usage = {
    tokens: { input: 100, cachedInput: 0, cacheWrite: 0, output: 3, reasoning: 0 },
    reportedUsd: undefined,
  };
  const call = { arm, worstCase, inputTokens: 100, leastInput: 0, usage, complete: false, visible };
  const most = { inputTokens: 150, outputTokens: 500 };

  it('holds what can have been made beyond its running usage', () => {
    const bill = billFor({ ...call, mostMade: most });
    assert.equal(bill.cost + bill.heldBack, mostCost({ price }, most));
  });

  it('holds the whole reservation where nothing bounds what was made, and where the usage is false', () => {
    const whole = billFor(call);
    assert.equal(whole.cost + whole.heldBack, worstCase);
    const tokens = { ...usage.tokens, output: 1 };
    const lied = billFor({ ...call, usage: { ...usage, tokens }, mostMade: most });
    assert.equal(lied.cost + lied.heldBack, worstCase);
  });

  it('never holds more than was reserved', () => {
    const bill = billFor({ ...call, usage: undefined, mostMade: { inputTokens: 1e6, outputTokens: 1e9 } });
    assert.equal(bill.cost + bill.heldBack, worstCase);
  });
});

describe('the pace of an arm', () => {
  it('is that of its fastest half second, whatever stalls lie between', () => {
    let meter = restingMeter;
    let at = 0;
    const come = (tokens: number, everyMs: number): void => {
      for (let i = 0; i < tokens; i++) meter = metered(meter, 1, (at += everyMs));
    };
    come(100, 20);
    at += 60_000;
    come(10, 20);
    assert.ok(meter.fastest !== undefined && Math.abs(meter.fastest - 50) <= 2.1, String(meter.fastest));
  });

  it('does not come of a burst, and a burst within a window is bounded', () => {
    let burst = restingMeter;
    for (let i = 0; i < 500; i++) burst = metered(burst, 1, 10);
    assert.equal(burst.fastest, undefined);
    const dumped = metered(metered(restingMeter, 1, 0), 1e9, 501);
    assert.equal(dumped.fastest, FASTEST_PUBLISHED);
  });

  it('is never slower than the model was in any observed half second, whatever else is learned', () => {
    const seen = fc.array(fc.record({ speed: fc.option(fc.double({ noNaN: false }), { nil: undefined }) }), {
      maxLength: 19,
    });
    fc.assert(
      fc.property(seen, fc.double({ min: 1, max: 5_000, noNaN: true }), (others, fastest) => {
        const paces = [{ speed: fastest }, ...others].reduce<Paces>(
          (all, one) => notePace(all, id, one),
          noPaces,
        );
        const { speed: known } = paceOf(paces, id);
        assert.ok(known !== undefined && fastest <= known && known <= FASTEST_PUBLISHED);
      }),
    );
  });

  it('forgets a burst after twenty answers', () => {
    let paces = notePace(noPaces, id, { speed: 1e9 });
    for (let i = 0; i < 19; i++) paces = notePace(paces, id, { speed: 60 });
    assert.equal(paceOf(paces, id).speed, FASTEST_PUBLISHED);
    assert.equal(paceOf(notePace(paces, id, { speed: 60 }), id).speed, 60);
  });

  it('learns from bills who thinks unseen, and how many tokens a text is', () => {
    const most = { input: 2_000, output: 300 };
    const timed = { fastest: 40, wholeMs: 10_000 };
    const plain = paceOfBill({ input: 2_200, output: 330 }, most, timed);
    assert.deepEqual(plain, { speed: 40, ratio: 1.1, thought: false });
    const thinker = paceOfBill({ input: 1_500, output: 2_000 }, most, timed);
    assert.deepEqual(thinker, { speed: 200, ratio: 1, thought: true });
    const thrice = [plain, plain, plain].reduce<Paces>((all, one) => notePace(all, id, one), noPaces);
    assert.deepEqual(paceOf(thrice, id), { speed: 40, ratio: 1.1, thinks: false });
    assert.equal(paceOf(notePace(thrice, id, thinker), id).thinks, true);
    assert.equal(paceOf(noPaces, id).thinks, true, 'nothing is known of it');
  });

  it('survives JSON, and garbage is an arm without a pace', () => {
    const paces = notePace(notePace(noPaces, id, { speed: 61, thought: false }), id, {
      ratio: 1.2,
      thought: true,
    });
    assert.deepEqual(decodePaces(JSON.parse(JSON.stringify(encodePaces(paces)))), paces);
    fc.assert(
      fc.property(fc.jsonValue(), (garbage) => {
        for (const [known] of decodePaces(garbage)) assert.ok(paceOf(decodePaces(garbage), known).ratio >= 1);
      }),
    );
    assert.deepEqual(decodePaces([[id, 'no']]), noPaces);
  });
});

describe('the most tokens of a text', () => {
  // The highest count of o200k, Llama 3 and Anthropic's published tokenizer (November 2026).
  const counted: readonly (readonly [string, number])[] = [
    ['The quick brown fox jumps over the lazy dog.', 10],
    ['const total = items.reduce((sum, item) => sum + item.price, 0);', 20],
    ['getUserByIdFromDatabase(httpRequestContext)', 10],
    ['3.14159, 2718281828', 10],
    ['这个函数返回数组中所有元素的总和。', 11],
    ['│ ├── └──', 8],
    ['', 0],
  ];
  for (const [text, tokens] of counted) {
    it(`is no less than ${tokens}: ${JSON.stringify(text.slice(0, 24))}`, () => {
      assert.ok(mostTokens(text) >= tokens, String(mostTokens(text)));
      assert.ok(mostTokens(text) <= 2 * tokens + 2, String(mostTokens(text)));
    });
  }

  it('is total and never above the bytes by more than rounding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const bytes = Buffer.byteLength(text);
        assert.ok(mostTokens(text) <= 1 + 1.35 * bytes);
      }),
    );
  });
});
