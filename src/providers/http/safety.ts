import type { Endpoint } from '../../app/settings/endpoint.ts';

/** Whether a request would carry a secret over a connection that others can read. */
export function isInsecure(endpoint: Endpoint, key: string | undefined): boolean {
  const url = new URL(endpoint.baseUrl);
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return false;
  return key !== undefined || Object.keys(endpoint.headers).some(isSecretHeader);
}

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** By name: what a header holds cannot be told from its value. */
export const isSecretHeader = (name: string): boolean =>
  /auth|api-?key|token|secret|cookie|password|credential/i.test(name);
