/**
 * Which network addresses a workflow may reach: public unicast, nothing else.
 *
 * Refused are this machine, private networks, link-local (cloud metadata lives
 * there), carrier-grade NAT, multicast, documentation and every other reserved
 * range of the IANA special-purpose registries, and IPv6 forms that carry such
 * an IPv4 address inside (mapped, compatible, NAT64, 6to4). The check is made on
 * the address that is about to be connected to, so a name that changes its
 * answer between two look-ups gains nothing.
 */
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { callbackify } from 'node:util';
import { TelosError } from '@telos/core';

const refusedIpv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT; metadata of Alibaba Cloud
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // the host's agent on Azure: a public number with an inner meaning
  ['169.254.0.0', 16], // link-local; metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; metadata of Oracle Cloud
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** Everything outside 2000::/3 but the NAT64 prefix 64:ff9b::/96, and the special ranges inside it. */
const refusedIpv6: readonly (readonly [string, number])[] = [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['::ffff:0:0', 96], // IPv4-mapped: nobody needs to spell a public address so
  ['64:ff9b:1::', 48], // NAT64 within a site
  ['100::', 8], // discard
  ['200::', 7],
  ['400::', 6],
  ['800::', 5],
  ['1000::', 4],
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['3fff::', 20], // documentation
  ['4000::', 2],
  ['8000::', 1], // unique local, link-local, site-local, multicast among them
];

/** Kept apart, because a list checks an IPv4 address against its rules for mapped IPv6 addresses too. */
const ipv4 = new BlockList();
const ipv6 = new BlockList();

for (const [address, bits] of refusedIpv6) ipv6.addSubnet(address, bits, 'ipv6');
for (const [address, bits] of refusedIpv4) {
  ipv4.addSubnet(address, bits, 'ipv4');
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  ipv6.addSubnet(`64:ff9b::${hex}`, 96 + bits, 'ipv6'); // NAT64
  ipv6.addSubnet(`2002:${hex}::`, 16 + bits, 'ipv6'); // 6to4
}

/** Whether an IP address, without brackets or zone, is one that no workflow may reach. What is no address is refused too. */
export function isRefusedAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return true;
  return family === 4 ? ipv4.check(address, 'ipv4') : ipv6.check(address, 'ipv6');
}

export function addressRefused(host: string, address: string): TelosError {
  const named = host === address ? host : `${host} (${address})`;
  return new TelosError('HTTP_ADDRESS_REFUSED', `${named} is a private, local or reserved address`, {
    details: { host, address },
  });
}

/** Resolves a host name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/**
 * A look-up for `net.connect` that gives only addresses which were checked. A name
 * that has even one refused address is refused whole: no honest public name has.
 */
export function guardedLookup(resolve: Resolve): LookupFunction {
  const checked = callbackify(async (host: string): Promise<readonly LookupAddress[]> => {
    const addresses = await resolve(host);
    const refused = addresses.find((entry) => isRefusedAddress(entry.address));
    if (refused !== undefined) throw addressRefused(host, refused.address);
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    return addresses;
  });
  return (host, options, callback) => {
    checked(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error, [], 0);
      else if (options.all === true) callback(null, [...addresses], 0);
      else callback(null, first.address, first.family);
    });
  };
}
