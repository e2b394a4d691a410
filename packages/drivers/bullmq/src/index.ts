export { readAddress, showAddress } from './address.ts';
export type { Address } from './address.ts';
export { openQueue } from './open-queue.ts';
