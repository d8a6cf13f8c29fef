import { MASK, maskKeys } from '../../app/settings/redact.ts';

/**
 * Error texts come from outside and may quote the request: providers echo keys ("Incorrect API key provided: ...") and
 * parts of the prompt. Neither may reach a log or a shared screen.
 */
export function redact(text: string, secrets: readonly string[], sent = ''): string {
  let clean = text.slice(0, MAX_REDACTED);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) clean = clean.replaceAll(form, MASK);
  }
  clean = maskKeys(clean);
  // A secret that the cut has split is not recognized, so the end of a cut text goes too.
  if (text.length > MAX_REDACTED) clean = clean.slice(0, -LONGEST_KEY);
  return withoutEcho(clean, sent);
}

/** Characters; only the first MAX_DETAIL of the redacted text are shown. */
const MAX_REDACTED = 16_384;
const LONGEST_KEY = 1024;

export const MAX_DETAIL = 300;

export const cut = (text: string): string =>
  text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL - 1)}…`;

/** The forms of a secret in an error text: whole, encoded, or shortened to its first or last characters. */
function formsOf(secret: string): string[] {
  if (secret.length < 4) return [];
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  const part = Math.max(8, Math.floor(secret.length / 3));
  if (secret.length >= 2 * part) forms.push(secret.slice(0, part), secret.slice(-part));
  return forms;
}

/** Characters: long enough that a coincidence is unlikely, short enough that no revealing part of a prompt remains. */
const ECHO_LENGTH = 20;

/** Replaces every run of at least ECHO_LENGTH characters that the request contained, in time linear in both texts. */
function withoutEcho(text: string, sent: string): string {
  if (sent.length < ECHO_LENGTH) return text;
  const shown = text.slice(0, 4 * MAX_DETAIL);
  const echoed = echoedStarts(shown, sent);
  let clean = '';
  for (let at = 0; at < shown.length;) {
    if (!echoed.has(at)) {
      clean += shown.charAt(at++);
      continue;
    }
    let end = at + ECHO_LENGTH;
    for (let next = at + 1; next <= end && next < shown.length; next++) {
      if (echoed.has(next)) end = next + ECHO_LENGTH;
    }
    clean += '…';
    at = end;
  }
  return clean;
}

/**
 * The starts in `shown` of stretches of ECHO_LENGTH characters that `sent` contains, by a rolling hash (Rabin-Karp).
 */
function echoedStarts(shown: string, sent: string): ReadonlySet<number> {
  /** Hash -> number of stretches with this hash that are still to be found. */
  const hashes = new Map<number, number>();
  const starts = new Map<string, number[]>();
  eachHash(shown, (hash, at) => {
    const stretch = shown.slice(at, at + ECHO_LENGTH);
    const same = starts.get(stretch);
    if (same) {
      same.push(at);
      return;
    }
    starts.set(stretch, [at]);
    hashes.set(hash, (hashes.get(hash) ?? 0) + 1);
  });
  const found = new Set<number>();
  eachHash(sent, (hash, at) => {
    const left = hashes.get(hash);
    if (left === undefined) return;
    const stretch = sent.slice(at, at + ECHO_LENGTH);
    for (const start of starts.get(stretch) ?? []) found.add(start);
    if (!starts.delete(stretch)) return;
    if (left > 1) hashes.set(hash, left - 1);
    else hashes.delete(hash);
  });
  return found;
}

const BASE = 257;
const BASE_TO_LENGTH = Array.from({ length: ECHO_LENGTH }).reduce<number>(
  (power) => Math.imul(power, BASE),
  1,
);

function eachHash(text: string, visit: (hash: number, at: number) => void): void {
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
    if (i >= ECHO_LENGTH) hash = (hash - Math.imul(BASE_TO_LENGTH, text.charCodeAt(i - ECHO_LENGTH))) | 0;
    if (i >= ECHO_LENGTH - 1) visit(hash, i - ECHO_LENGTH + 1);
  }
}
