import { nationalIds } from './national-ids/find-national-ids.ts';

/** Found unless told otherwise. */
const always: readonly string[] = [
  'EMAIL_ADDRESS',
  'PHONE_NUMBER',
  'CREDIT_CARD',
  'IBAN_CODE',
  'IP_ADDRESS',
  'CRYPTO',
  'DATE_OF_BIRTH',
  'URL_CREDENTIALS',
  ...nationalIds.map(({ type }) => type),
];

/** Found only when asked for: they stand in most texts, or are less sure. */
const onDemand: readonly string[] = ['PERSON', 'DATE_TIME'];

export const defaultPiiTypes: readonly string[] = always;
export const piiTypes: readonly string[] = [...always, ...onDemand];

/** What a placeholder calls a type, where that is shorter than its name. */
export const placeholderNames: ReadonlyMap<string, string> = new Map([
  ['EMAIL_ADDRESS', 'EMAIL'],
  ['PHONE_NUMBER', 'PHONE'],
  ['CREDIT_CARD', 'CARD'],
  ['IBAN_CODE', 'IBAN'],
  ['DATE_TIME', 'DATE'],
]);
