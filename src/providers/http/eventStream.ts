/**
 * A filter in front of a package's parser of event streams. Packages parse every event's data as JSON and give the whole
 * stream up at the first that is none; servers and proxies send much that is none. What leaves here is one `data:` line
 * of JSON, or `[DONE]`, an event name before it where there is one, and a blank line.
 *
 * Its own code, because what is mended stands before any parser that keeps to the standard: lines without blank ones
 * between, events of bare JSON, a field name written twice. Every byte is looked at once.
 */

const DONE = '[DONE]';
/** Names and bodies of events that only keep a connection open. */
const KEEP_ALIVE = /^:? ?(?:ping|pong|keep-?alive|heartbeat)$/i;

export class EventFilter {
  /** The server said that the stream is at its end. */
  done = false;

  #line: string[] = [];
  #afterReturn = false;
  #name = '';
  #data: string[] = [];
  /** Inside JSON that stands in the stream without a field name. */
  #isBare = false;

  /** Whole events; '' while there is none. */
  push(text: string): string {
    let out = '';
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE && this.#afterReturn && at === start && this.#line.length === 0) {
        // The second half of a line break that was cut between two chunks, or stands in one.
        this.#afterReturn = false;
        start = at + 1;
      } else if (code === NEWLINE || code === RETURN) {
        this.#line.push(text.slice(start, at));
        out += this.#take(this.#line.join(''));
        this.#line = [];
        this.#afterReturn = code === RETURN;
        start = at + 1;
      }
    }
    if (start < text.length) {
      this.#line.push(text.slice(start));
      this.#afterReturn = false;
    }
    return out;
  }

  /** What the server left without its last line break or blank line. */
  end(): string {
    const rest = this.#line.join('');
    this.#line = [];
    return this.#take(rest) + this.#dispatch();
  }

  /** Events that the line completes. */
  #take(line: string): string {
    const trimmed = line.trim();
    if (trimmed === '') return this.#dispatch();
    const field = fieldOf(trimmed);
    if (field) return this.#takeField(field);
    if (trimmed !== DONE && !trimmed.startsWith('{') && !this.#isBare) return '';
    const out = this.#closes(trimmed) ? this.#dispatch() : '';
    this.#isBare = true;
    this.#data.push(line);
    return out;
  }

  #takeField({ name, value }: Field): string {
    if (name === 'event') {
      // A second name: the blank line between two events is missing.
      const out = this.#name !== '' && this.#data.length > 0 ? this.#dispatch() : '';
      this.#name = value;
      return out;
    }
    if (name !== 'data' || value === '') return '';
    const out = this.#closes(value) ? this.#dispatch() : '';
    this.#data.push(value);
    return out;
  }

  /** JSON that has ended and JSON that begins cannot be one value: the blank line between two events is missing. */
  #closes(next: string): boolean {
    const last = this.#data.at(-1)?.trimEnd();
    return (
      last !== undefined && (last.endsWith('}') || last === DONE) && (next.startsWith('{') || next === DONE)
    );
  }

  #dispatch(): string {
    const name = this.#name;
    const data = this.#data.join('\n').trim();
    this.#name = '';
    this.#data = [];
    this.#isBare = false;
    // A comment that a gateway put into a data line.
    if (
      data === '' ||
      data.startsWith(':') ||
      KEEP_ALIVE.test(data) ||
      (KEEP_ALIVE.test(name) && !data.startsWith('{'))
    )
      return '';
    if (data === DONE) this.done = true;
    const lines = data.split('\n').map((line) => `data: ${line}\n`);
    return `${name === '' ? '' : `event: ${name}\n`}${lines.join('')}\n`;
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Comments are a field without a name. Some servers write `data: data: {...}`. */
function fieldOf(line: string): Field | undefined {
  const found = /^(data|event|id|retry|) ?:/.exec(line);
  if (!found) return undefined;
  const [prefix = '', name = ''] = found;
  let value = line.slice(prefix.length).trim();
  if (name === 'data' && value.startsWith('data:')) value = value.slice('data:'.length).trim();
  return { name, value };
}

/** The stream through the filter; bytes that are not UTF-8 become U+FFFD. `onDone`: the server named the end. */
export function filtered(source: ReadableStream<Uint8Array>, onDone: () => void): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  const filter = new EventFilter();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(sink) {
        for (;;) {
          const chunk = await reader.read();
          const events = chunk.done
            ? filter.push(decoder.decode()) + filter.end()
            : filter.push(decoder.decode(chunk.value, { stream: true }));
          if (filter.done) onDone();
          if (events !== '') sink.enqueue(encoder.encode(events));
          if (chunk.done) sink.close();
          if (chunk.done || events !== '') return;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
