import { createServer } from 'node:net';

/** The first port from `wanted` on that nobody listens on. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) if (await isFree(port)) return port;
  throw new Error(`No free port from ${wanted} to ${wanted + 99}.`);
}

/**
 * Opens what listens on a port, the first free one from `wanted` on. Another program may take a port between the look and
 * the use: then the next one is tried.
 */
export async function onFreePort<T>(wanted: number, open: (port: number) => Promise<T>): Promise<T> {
  for (let from = wanted; ;) {
    const port = await freePort(from);
    try {
      return await open(port);
    } catch (error) {
      if ((await isFree(port)) || port >= wanted + 99) throw error;
      from = port + 1;
    }
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
