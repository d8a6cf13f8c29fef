/**
 * Loaded into the extension host before anything else (`NODE_OPTIONS=--import`), as a router with its own idea of the
 * world would be: requests to a provider's address go to a server of the test. The product knows nothing of it.
 */
const [from = '', to = ''] = (process.env['PILOT_TEST_REROUTE'] ?? '').split(' ');
const { fetch: direct } = globalThis;

globalThis.fetch = (input, init) => {
  const address = input instanceof Request ? input.url : String(input);
  return address.startsWith(`${from}/`) ? direct(to + address.slice(from.length), init) : direct(input, init);
};
