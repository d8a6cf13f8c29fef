/**
 * For `node --import`: shifts Date to another day. `PILOT_TEST_NOW` is local time without a zone (`2028-02-29T12:00`),
 * from which the time runs on. Threads and child processes inherit the shift through the environment.
 */
const wanted = process.env['PILOT_TEST_NOW'];
if (wanted !== undefined) process.env['PILOT_TEST_SHIFT_MS'] ??= String(Date.parse(wanted) - Date.now());
const shift = Number(process.env['PILOT_TEST_SHIFT_MS'] ?? 0);

const RealDate = Date;
let onRead: () => void = () => undefined;

/** Calls the listener each time this thread reads the clock. */
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
