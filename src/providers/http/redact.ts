import { MASK, maskKeys } from '../../app/settings/redact.ts';

/**
 * Error texts come from outside and may quote what was sent: providers echo keys ("Incorrect API key provided: ...")
 * and parts of the prompt. Neither may reach a log or a person's screen share.
 */
export function redact(text: string, secrets: readonly string[], sent = ''): string {
  let clean = text;
  for (const secret of secrets) {
    for (const form of formsOf(secret)) clean = clean.replaceAll(form, MASK);
  }
  return withoutEcho(maskKeys(clean), sent);
}

export const MAX_DETAIL = 300;

export const cut = (text: string): string =>
  text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL - 1)}…`;

/** A secret may come back whole, encoded, or shortened; providers show its first or last characters. */
function formsOf(secret: string): string[] {
  if (secret.length < 4) return [];
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  const part = Math.max(8, Math.floor(secret.length / 3));
  if (secret.length >= 2 * part) forms.push(secret.slice(0, part), secret.slice(-part));
  return forms;
}

/** Long enough that a coincidence is unlikely, short enough that no telling part of a prompt survives. */
const ECHO_LENGTH = 20;

/** Blanks out every run of at least ECHO_LENGTH characters that the request contained. */
function withoutEcho(text: string, sent: string): string {
  if (sent.length < ECHO_LENGTH) return text;
  const shown = text.slice(0, 4 * MAX_DETAIL);
  let clean = '';
  for (let start = 0; start < shown.length;) {
    let end = start + ECHO_LENGTH;
    if (end > shown.length || !sent.includes(shown.slice(start, end))) {
      clean += shown.charAt(start++);
      continue;
    }
    while (end < shown.length && sent.includes(shown.slice(start, end + 1))) end++;
    clean += '…';
    start = end;
  }
  return clean;
}
