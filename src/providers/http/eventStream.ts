/**
 * A filter before a package's parser of event streams. Packages parse every event's data as JSON and abort the stream
 * at the first other data, which many servers and proxies send. The output of the filter is one `data:` line of JSON,
 * or `[DONE]`, after an event name if there is one, and a blank line.
 *
 * No package does this, since the repaired faults precede any parser of the standard: missing blank lines, events of
 * bare JSON, a field name written twice. Each byte is read once.
 */

const DONE = '[DONE]';
/** Names and data of events that only keep a connection open. */
const KEEP_ALIVE = /^:? ?(?:ping|pong|keep-?alive|heartbeat)$/i;

export class EventFilter {
  /** Whether the server has announced the end of the stream. */
  done = false;

  #line: string[] = [];
  #afterReturn = false;
  #name = '';
  #data: string[] = [];
  /** Whether the current line is inside JSON without a field name. */
  #isBare = false;

  /** Returns the events that are complete; '' = none. */
  push(text: string): string {
    let out = '';
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE && this.#afterReturn && at === start && this.#line.length === 0) {
        // The second half of a line break that was split between two chunks, or that belongs to one.
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

  /** Returns the events at the end of a stream without its last line break or blank line. */
  end(): string {
    const rest = this.#line.join('');
    this.#line = [];
    return this.#take(rest) + this.#dispatch();
  }

  /** Returns the events that the line completes. */
  #take(line: string): string {
    const trimmed = asDone(line.trim());
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
      // A second name means that the blank line between two events is missing.
      const out = this.#name !== '' && this.#data.length > 0 ? this.#dispatch() : '';
      this.#name = value;
      return out;
    }
    if (name !== 'data' || value === '') return '';
    const out = this.#closes(value) ? this.#dispatch() : '';
    this.#data.push(value);
    return out;
  }

  /** Complete JSON followed by the beginning of JSON means that the blank line between two events is missing. */
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

/** The end marker in any spelling. */
const asDone = (value: string): string => (/^\[?done\]?$/i.test(value) ? DONE : value);

const NEWLINE = 0x0a;
const RETURN = 0x0d;

interface Field {
  readonly name: string;
  readonly value: string;
}

/** A comment is a field without a name. Some servers write `data: data: {...}`. */
function fieldOf(line: string): Field | undefined {
  const found = /^(data|event|id|retry|) ?:/.exec(line);
  if (!found) return undefined;
  const [prefix = '', name = ''] = found;
  let value = line.slice(prefix.length).trim();
  if (name === 'data' && value.startsWith('data:')) value = value.slice('data:'.length).trim();
  return { name, value: name === 'data' ? asDone(value) : value };
}

/** The filtered stream; bytes that are not UTF-8 become U+FFFD. `onDone`: called when the server announces the end. */
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
