import { noUsage } from '@telos/core';
import type { Models } from '@telos/core';

/** Models of which there are none: for what asks none, or with some of it replaced. */
export const noModels: Models = {
  generate: () => Promise.reject(new Error('no model is called here')),
  estimate: () => Promise.resolve({ ...noUsage, calls: 1 }),
  embed: () => Promise.resolve(undefined),
  problem: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};
