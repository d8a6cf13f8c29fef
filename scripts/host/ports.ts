import { createServer } from 'node:net';

/** The first free port from `wanted` on. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) if (await isFree(port)) return port;
  throw new Error(`No free port from ${wanted} to ${wanted + 99}.`);
}

/**
 * Opens a server on the first free port from `wanted` on. If another program takes the port between the check and the
 * use, the next port is tried.
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
