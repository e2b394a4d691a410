import { describe, expect, it } from 'vitest';
import { isRefusedAddress } from './address-guard.ts';

describe('the address guard', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'this machine'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.100.100.200', 'metadata of Alibaba Cloud'],
    ['169.254.169.254', 'metadata of AWS, GCP and Azure'],
    ['168.63.129.16', "Azure's host agent"],
    ['192.0.0.192', 'metadata of Oracle Cloud'],
    ['198.18.0.1', 'benchmarks'],
    ['203.0.113.7', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'IPv4-compatible loopback'],
    ['::ffff:127.0.0.1', 'mapped loopback'],
    ['::ffff:7f00:1', 'mapped loopback in hexadecimal'],
    ['::ffff:169.254.169.254', 'mapped metadata'],
    ['64:ff9b::7f00:1', 'loopback through NAT64'],
    ['64:ff9b::10.0.0.1', 'private through NAT64'],
    ['64:ff9b:1::1', 'NAT64 within a site'],
    ['2002:7f00:1::', 'loopback through 6to4'],
    ['2002:a9fe:a9fe::1', 'metadata through 6to4'],
    ['2001:0:4136:e378::1', 'Teredo'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata of AWS over IPv6'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['localhost', 'no address at all'],
    ['', 'no address at all'],
  ])('refuses %s: %s', (address) => {
    expect(isRefusedAddress(address)).toBe(true);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '192.169.0.1', '223.255.255.255'])(
    'lets %s through',
    (address) => {
      expect(isRefusedAddress(address)).toBe(false);
    },
  );

  it.each(['2606:4700:4700::1111', '2a00:1450:4001::200e', '64:ff9b::8.8.8.8', '2002:808:808::1'])(
    'lets %s through',
    (address) => {
      expect(isRefusedAddress(address)).toBe(false);
    },
  );
});
