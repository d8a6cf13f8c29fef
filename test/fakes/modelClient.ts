import type { Log } from '../../src/app/ports/environment.ts';
import type { ModelClient } from '../../src/app/ports/models.ts';
import type { Endpoint } from '../../src/app/settings/endpoint.ts';
import { createClientPool } from '../../src/providers/client/index.ts';

export interface OneEndpoint {
  readonly endpoint: Endpoint;
  readonly key: () => Promise<string | undefined>;
  readonly log: Log;
}

/** The product's pool with a single endpoint. */
export const createModelClient = ({ endpoint, key, log }: OneEndpoint): ModelClient =>
  createClientPool({ endpoints: () => [endpoint], key, log });
