import { exactNumber, jsonValue } from './json-value.ts';

type Parse = (text: string) => unknown;

/** Object ids of PostgreSQL's own types; they never change. */
const parsers: { readonly [oid: number]: Parse } = {
  16: (text) => text === 't',
  17: (text) => Buffer.from(text.replace(/^\\x/, ''), 'hex').toString('base64'),
  20: (text) => jsonValue(BigInt(text)),
  21: Number,
  23: Number,
  26: Number,
  114: (text): unknown => JSON.parse(text),
  700: (text) => jsonValue(Number(text)),
  701: (text) => jsonValue(Number(text)),
  1114: (text) => text.replace(' ', 'T'),
  1184: (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'),
  1700: exactNumber,
  3802: (text): unknown => JSON.parse(text),
};

/** Array types whose elements have a parser above. */
const elementOf: { readonly [oid: number]: number } = {
  1000: 16, 1001: 17, 1016: 20, 1005: 21, 1007: 23, 1028: 26, 199: 114, 1021: 700, 1022: 701, 1115: 1114, 1185: 1184, 1231: 1700, 3807: 3802,
  1009: 25, 1015: 25, 1014: 25, 1182: 25, 2951: 25, 1002: 25, 1003: 25, 1183: 25, 1187: 25,
}; // prettier-ignore

/** @param parseArray Reads PostgreSQL's array text with a parser for its elements. */
export function parserOf(oid: number, parseArray: (text: string, parse: Parse) => unknown): Parse {
  const own = parsers[oid];
  if (own !== undefined) return own;
  const element = elementOf[oid];
  if (element === undefined) return (text) => text;
  const parse = parsers[element] ?? ((text: string) => text);
  return (text) => parseArray(text, parse);
}
