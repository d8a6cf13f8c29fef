/**
 * Bills that could not yet be written into the database (another window's lock, a full disk, a worker that ended), in a
 * file beside it: `bills.journal`, 64 slots of one kilobyte. The file has its full size from the start, so a bill can
 * be stored on a full disk. Each slot holds one checksummed JSON object and zeros. Any window writes bills; the worker
 * of any window adopts them, and a bill leaves its slot once the ledger contains it. A crash between the two settles
 * the bill again, which the ledger refuses.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { CostSource, Settlement, TokenCounts } from '../app/ports/money.ts';
import type { ReservationId } from '../core/brand.ts';
import { isMoney } from '../core/money.ts';
import { isPlainId } from '../core/plainId.ts';

export interface WaitingBill {
  readonly id: ReservationId;
  readonly settlement: Settlement;
}

const PLACES = 64;
const PLACE_BYTES = 1024;

export class BillJournal {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'bills.journal');
  }

  /** Allocates the file while the disk has room. */
  prepare(): void {
    try {
      if (!existsSync(this.#file))
        writeFileSync(this.#file, Buffer.alloc(PLACES * PLACE_BYTES), { flag: 'wx' });
    } catch {
      // Another window has created it meanwhile, or it cannot be created now: `put` tries again.
    }
  }

  /** Changes with each write; undefined = the file does not exist. */
  version(): number | undefined {
    return statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs;
  }

  /** True once the bill is on the disk; false where it cannot be written, or every slot is taken. */
  put(bill: WaitingBill): boolean {
    const content = encode(bill);
    if (!content) return false;
    try {
      this.prepare();
      const bytes = readFileSync(this.#file);
      const first = Number.parseInt(digest(bill.id).slice(0, 4), 16);
      for (let n = 0; n < PLACES; n++) {
        const place = (first + n) % PLACES;
        const found = decode(at(bytes, place));
        if (found && found.id !== bill.id) continue;
        this.#write(place, content);
        return decode(at(readFileSync(this.#file), place))?.id === bill.id;
      }
    } catch {
      // A full disk, or a deleted folder: the caller keeps the bill and tries again.
    }
    return false;
  }

  all(): readonly WaitingBill[] {
    try {
      const bytes = readFileSync(this.#file);
      return Array.from({ length: PLACES }, (_, place) => decode(at(bytes, place))).filter(
        (bill) => bill !== undefined,
      );
    } catch {
      return [];
    }
  }

  drop(id: ReservationId): void {
    try {
      const bytes = readFileSync(this.#file);
      for (let place = 0; place < PLACES; place++) {
        if (decode(at(bytes, place))?.id === id) this.#write(place, Buffer.alloc(PLACE_BYTES));
      }
    } catch {
      // The bill is adopted again later, and the ledger knows it then.
    }
  }

  #write(place: number, content: Buffer): void {
    const handle = openSync(this.#file, 'r+');
    try {
      writeSync(handle, content, 0, PLACE_BYTES, place * PLACE_BYTES);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

const at = (bytes: Buffer, place: number): Buffer =>
  bytes.subarray(place * PLACE_BYTES, (place + 1) * PLACE_BYTES);

/** Without the note where both do not fit. */
function encode({ id, settlement }: WaitingBill): Buffer | undefined {
  const { generationId, note, ...rest } = settlement;
  const plain = generationId !== undefined && isPlainId(generationId) ? generationId : undefined;
  for (const kept of [note?.slice(0, 200), undefined]) {
    const body = JSON.stringify({ id, settlement: { ...rest, generationId: plain, note: kept } });
    const content = Buffer.from(JSON.stringify({ body, sum: digest(body) }));
    if (content.length <= PLACE_BYTES)
      return Buffer.concat([content, Buffer.alloc(PLACE_BYTES - content.length)]);
  }
  return undefined;
}

function decode(place: Buffer): WaitingBill | undefined {
  const end = place.indexOf(0);
  if (end === 0) return undefined;
  try {
    const { body, sum } = JSON.parse(place.toString('utf8', 0, end < 0 ? place.length : end)) as Record<
      string,
      unknown
    >;
    if (typeof body !== 'string' || sum !== digest(body)) return undefined;
    const { id, settlement } = JSON.parse(body) as { readonly id: unknown; readonly settlement: Settlement };
    if (typeof id !== 'string' || !isMoney(settlement.cost)) return undefined;
    return {
      id: id as ReservationId,
      settlement: { ...settlement, source: sourceOf(settlement), tokens: tokensOf(settlement) },
    };
  } catch {
    return undefined;
  }
}

const sourceOf = ({ source }: Settlement): CostSource =>
  source === 'reported' || source === 'priced-usage' || source === 'estimate' ? source : 'worst-case';

const tokensOf = ({ tokens }: Settlement): TokenCounts => ({
  input: tokens.input,
  cachedInput: tokens.cachedInput,
  cacheWrite: tokens.cacheWrite,
  output: tokens.output,
  reasoning: tokens.reasoning,
});

const digest = (text: string): string => createHash('sha256').update(`pilot ${text}`).digest('hex');
