/**
 * For `node --import`: Date as on another day. `PILOT_TEST_NOW` is local time without a zone (`2028-02-29T12:00`); time
 * goes on from there. Threads and child processes inherit the shift through the environment, so that all of them agree.
 */
const wanted = process.env['PILOT_TEST_NOW'];
if (wanted !== undefined) process.env['PILOT_TEST_SHIFT_MS'] ??= String(Date.parse(wanted) - Date.now());
const shift = Number(process.env['PILOT_TEST_SHIFT_MS'] ?? 0);

const RealDate = Date;
let onRead: () => void = () => undefined;

/** Called each time the clock is read in this thread. */
export function watchClock(listener: () => void): void {
  onRead = listener;
}

class ShiftedDate extends RealDate {
  constructor(...values: readonly unknown[]) {
    if (values.length === 0) super(ShiftedDate.now());
    else super(...(values as [number]));
  }
  static override now(): number {
    onRead();
    return RealDate.now() + shift;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
