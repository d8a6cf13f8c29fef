/**
 * Decides which connections may carry a secret: encrypted ones, and unencrypted ones that stay on this machine or, with
 * the user's consent, on the local network.
 */
import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Endpoint } from '../../app/settings/endpoint.ts';

/** The location of a host, by the present addresses of its name. */
export type Reach = 'this-machine' | 'private' | 'public' | 'unresolved';

export type Lookup = (hostname: string) => Promise<readonly string[]>;

/**
 * Why a request must not be sent; undefined = it may. A private host gets a secret over plain http only after the
 * user's consent for that host (`mayGoPlain`); a public host never does.
 */
export async function whyUnsafe(
  { baseUrl, headers }: Endpoint,
  key: string | undefined,
  mayGoPlain: boolean,
  lookup: Lookup = addressesOf,
): Promise<'insecure' | 'unreachable' | undefined> {
  const { protocol, hostname } = new URL(baseUrl);
  const isSecret = key !== undefined || Object.keys(headers).some(isSecretHeader);
  if (protocol === 'https:' || !isSecret) return undefined;
  switch (await reachOf(hostname, lookup)) {
    case 'this-machine':
      return undefined;
    case 'private':
      return mayGoPlain ? undefined : 'insecure';
    case 'public':
      return 'insecure';
    case 'unresolved':
      return 'unreachable';
  }
}

/**
 * A name counts by all of its addresses, and as private only where its form excludes public name servers: the owner of
 * `router.example.com` chooses its address.
 */
export async function reachOf(hostname: string, lookup: Lookup = addressesOf): Promise<Reach> {
  const host = bare(hostname);
  const addresses = isIP(host) ? [host] : await lookup(host).catch(() => []);
  const isLocal = isIP(host) !== 0 || !host.includes('.') || LOCAL_NAME.test(host);
  // A public name gets no secret over plain http, whether or not it resolves now.
  if (addresses.length === 0) return isLocal ? 'unresolved' : 'public';
  if (addresses.every((address) => isIn(LOOPBACK, address))) return 'this-machine';
  const isNear = (address: string): boolean => isIn(PRIVATE, address) || isIn(LOOPBACK, address);
  return isLocal && addresses.every(isNear) ? 'private' : 'public';
}

/** By the name alone, without resolving it; used to tell servers apart, not to release a key. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || (isIP(host) !== 0 && isIn(LOOPBACK, host));
}

/** By the header's name, since its value does not tell. */
export const isSecretHeader = (name: string): boolean =>
  /auth|api-?key|token|secret|cookie|password|credential/i.test(name);

const addressesOf: Lookup = async (hostname) =>
  (await resolve(hostname, { all: true })).map(({ address }) => address);

/** Without the brackets of an IPv6 address in a URL, and without the dot at the end of a full name. */
const bare = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

/** RFC 6762, a common name for routers, RFC 8375, and ICANN's reservation. */
const LOCAL_NAME = /\.(?:local|lan|home\.arpa|internal)$/;

const LOOPBACK = listOf(['127.0.0.0', 8], ['::1', 128]);
/** RFC 1918, RFC 4193, and the link-local addresses of `.local` names. */
const PRIVATE = listOf(
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
  ['fe80::', 10],
);

function listOf(...subnets: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets)
    list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** An IPv4 address inside an IPv6 one counts as the IPv4 address. */
const isIn = (list: BlockList, address: string): boolean =>
  list.check(address.replace(/%.*/, ''), address.includes(':') ? 'ipv6' : 'ipv4');
