/** Masks keys and passwords of any provider: the one list for logs and for what users see. */
export function maskKeys(text: string): string {
  let clean = text;
  for (const pattern of KEY_PATTERNS) clean = clean.replace(pattern, `$1${MASK}`);
  return clean;
}

export const MASK = '***';

/** The first group may stay: the name before the secret. */
const KEY_PATTERNS = [
  // A key that its provider masked still shows both ends.
  /()(?<![-\w])[-\w]+\*{3,}[-\w]*/g,
  /\b()(?:sk|pk|rk|key|gsk|xai|nvapi|hf|AIza)[-_A-Za-z0-9]{12,}/g,
  /\b((?:bearer|basic)\s+)[^\s"',;]{4,}/gi,
  /\b((?:api[-_]?key|access[-_]?token|password|secret)["']?\s*[=:]\s*["']?)[^\s"',;&]{4,}/gi,
  // Credentials in an address.
  /(\bhttps?:\/\/)[^\s/@"']+(?=@)/gi,
];
