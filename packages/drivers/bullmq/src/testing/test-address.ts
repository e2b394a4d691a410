import { readAddress } from '../address.ts';
import type { Address } from '../address.ts';

const variables = { redis: 'TELOS_TEST_REDIS_URL', postgres: 'TELOS_TEST_DATABASE_URL' } as const;

/** The server that `pnpm test` brings. @throws Error when the tests were started in another way without one. */
export function testUrl(kind: keyof typeof variables): string {
  const url = process.env[variables[kind]];
  if (url === undefined) throw new Error(`Start the tests with \`pnpm test\`, or set ${variables[kind]}.`);
  return url;
}

export function testAddress(kind: keyof typeof variables): Address {
  return addressOf(testUrl(kind));
}

export function addressOf(url: string): Address {
  const read = readAddress(url);
  if ('problem' in read) throw new Error(read.problem);
  return read.address;
}
