/** Which connections may carry a secret: encrypted ones, and plain ones that do not leave this machine or, asked for, the local network. */
import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Endpoint } from '../../app/settings/endpoint.ts';

/** Where a host is, by the addresses its name stands for now. */
export type Reach = 'this-machine' | 'private' | 'public' | 'unresolved';

export type Lookup = (hostname: string) => Promise<readonly string[]>;

/**
 * Why a request must not leave; undefined = it may. A private host takes a secret over plain http only after the user
 * has agreed to that for the host (`mayGoPlain`); a public one never does.
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
 * A name counts as what all of its addresses are, and as private only where its form says that no public name server
 * knows it: what `router.example.com` stands for is its owner's choice.
 */
export async function reachOf(hostname: string, lookup: Lookup = addressesOf): Promise<Reach> {
  const host = bare(hostname);
  const addresses = isIP(host) ? [host] : await lookup(host).catch(() => []);
  const isLocal = isIP(host) !== 0 || !host.includes('.') || LOCAL_NAME.test(host);
  // A public name takes no secret over plain http, whether it can be resolved now or not.
  if (addresses.length === 0) return isLocal ? 'unresolved' : 'public';
  if (addresses.every((address) => isIn(LOOPBACK, address))) return 'this-machine';
  const isNear = (address: string): boolean => isIn(PRIVATE, address) || isIn(LOOPBACK, address);
  return isLocal && addresses.every(isNear) ? 'private' : 'public';
}

/** By the name alone, without asking for its addresses: to tell servers apart, not to let a key out. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || (isIP(host) !== 0 && isIn(LOOPBACK, host));
}

/** By name: what a header holds cannot be told from its value. */
export const isSecretHeader = (name: string): boolean =>
  /auth|api-?key|token|secret|cookie|password|credential/i.test(name);

const addressesOf: Lookup = async (hostname) =>
  (await resolve(hostname, { all: true })).map(({ address }) => address);

/** Without the brackets of an IPv6 address in a URL, and the dot that ends a full name. */
const bare = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

/** RFC 6762, the common router's name, RFC 8375, and ICANN's reservation. */
const LOCAL_NAME = /\.(?:local|lan|home\.arpa|internal)$/;

const LOOPBACK = listOf(['127.0.0.0', 8], ['::1', 128]);
/** RFC 1918, RFC 4193, and the link-local addresses that `.local` names have besides. */
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

/** An IPv4 address inside an IPv6 one counts as itself. */
const isIn = (list: BlockList, address: string): boolean =>
  list.check(address.replace(/%.*/, ''), address.includes(':') ? 'ipv6' : 'ipv4');
