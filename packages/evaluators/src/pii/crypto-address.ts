/**
 * Addresses of crypto currencies. Base58 and Bech32 carry checksums, which are
 * verified; Ethereum and Monero have forms that nothing else has, and Solana's
 * needs a word beside it.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';
import type { Labels } from './label-before.ts';

const base58 = /(?<![\p{L}\d])[1-9A-HJ-NP-Za-km-z]{25,52}(?![\p{L}\d])/gu;
const bech32 =
  /(?<![\p{L}\d])(?:bc|tb|bcrt|ltc|tltc|addr|stake|cosmos|osmo|terra|bnb|inj|celestia|juno|secret|kava|thor|xch|zs|erd)1[ac-hj-np-z02-9]{30,120}(?![\p{L}\d])/giu;
const ethereum = /(?<![\p{L}\d])0x[\da-f]{40}(?![\p{L}\d])/giu;
const monero = /(?<![\p{L}\d])[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?(?![\p{L}\d])/gu;
/** Behind one of these a form alone is believed: examples are made without checksums, and new networks have others. */
const named =
  /bitcoin|\bbtc\b|litecoin|\bltc\b|dogecoin|\bdash\b|tron|\bxrp\b|ripple|zcash|crypto|wallet|\bcoins?\b|blockchain|\btx\b|donat|payout/i;
const solana = /solana|\bsol\b|phantom|spl token|wallet/i;

/** The first byte of what a Base58 address holds: Bitcoin, Litecoin, Dogecoin, Dash, Tron and test networks; two bytes of Zcash. */
const versions = new Set([0x00, 0x05, 0x30, 0x32, 0x1e, 0x16, 0x4c, 0x10, 0x41, 0x6f, 0xc4]);

export function findCryptoAddresses(text: string, isCalled: Labels): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (match: RegExpExecArray, confidence: number): void => {
    findings.push({ type: 'CRYPTO', start: match.index, end: match.index + match[0].length, confidence });
  };
  for (const match of text.matchAll(base58)) {
    if (isBase58Address(match[0])) add(match, 0.99);
    else if (isMixed(match[0]) && isCalled(match.index, named)) add(match, 0.8);
    else if (match[0].length >= 32 && match[0].length <= 44 && /\d/.test(match[0]) && isCalled(match.index, solana))
      add(match, 0.8);
  }
  for (const match of text.matchAll(bech32))
    if (isBech32(match[0])) add(match, 0.99);
    else if (/^bc1/i.test(match[0]) && isCalled(match.index, named)) add(match, 0.8);
  for (const match of text.matchAll(ethereum)) if (new Set(match[0].slice(2)).size > 4) add(match, 0.9);
  for (const match of text.matchAll(monero)) if (/\d/.test(match[0].slice(1))) add(match, 0.9);
  return findings;
}

/** As Bitcoin and its relatives look: their first letter, and letters of both cases and digits behind it. */
function isMixed(address: string): boolean {
  return (
    /^[13LMDXTr]/.test(address) &&
    address.length <= 36 &&
    /[a-z]/.test(address) &&
    /[A-Z]/.test(address) &&
    /\d.*\d/.test(address)
  );
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const rippleAlphabet = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

function isBase58Address(address: string): boolean {
  if (address.length > 36) return false;
  if (address.startsWith('r') && checked(address, rippleAlphabet)?.[0] === 0) return true;
  if (!/^[13LMD2mnXtT79A]/.test(address)) return false;
  const payload = checked(address, alphabet);
  if (payload === undefined) return false;
  if (payload.length === 22) return payload[0] === 0x1c && (payload[1] === 0xb8 || payload[1] === 0xbd);
  return payload.length === 21 && versions.has(payload[0] ?? -1);
}

/** What stands before the four bytes of the checksum, when these are right. */
function checked(address: string, letters: string): Uint8Array | undefined {
  let value = 0n;
  for (const letter of address) value = value * 58n + BigInt(letters.indexOf(letter));
  const zeros = address.length - address.replace(new RegExp(`^${letters.charAt(0)}+`), '').length;
  const hex = value === 0n ? '' : value.toString(16);
  const bytes = Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')]);
  if (bytes.length < 25 || bytes.length > 26) return undefined;
  const payload = bytes.subarray(0, -4);
  const sum = sha256(sha256(payload)).subarray(0, 4);
  return sum.equals(bytes.subarray(-4)) ? payload : undefined;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 and, with the other constant, BIP 350. Mixed case is not allowed. */
function isBech32(address: string): boolean {
  const lower = address.toLowerCase();
  if (address !== lower && address !== address.toUpperCase()) return false;
  const at = lower.lastIndexOf('1');
  const head = Array.from(lower.slice(0, at), (letter) => letter.charCodeAt(0));
  const values = Array.from(lower.slice(at + 1), (letter) => 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.indexOf(letter));
  let sum = 1;
  for (const value of [...head.map((code) => code >> 5), 0, ...head.map((code) => code & 31), ...values]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [index, generator] of generators.entries()) if (((top >>> index) & 1) === 1) sum ^= generator;
  }
  return sum === 1 || sum === 0x2bc830a3;
}
