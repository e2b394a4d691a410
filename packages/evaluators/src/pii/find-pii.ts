import type { Finding } from '../findings/finding.ts';
import type { Find } from '../findings/rail-check.ts';
import { findCryptoAddresses } from './crypto-address.ts';
import { findDates } from './dates.ts';
import { digitRunsIn } from './digit-groups.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findIpAddresses } from './ip-address.ts';
import { labelsOf } from './label-before.ts';
import { findNationalIds } from './national-ids/find-national-ids.ts';
import { findPaymentCards } from './payment-card.ts';
import { findPhones, loadPhoneRules } from './phone.ts';
import { findUrlCredentials } from './url-credentials.ts';

export type PiiOptions = {
  readonly types: ReadonlySet<string>;
  /** Two letters. */
  readonly country?: string | undefined;
};

/** Loads what the wanted types need, and gives what finds them. Linear in the text. */
export async function loadFindPii({ types, country }: PiiOptions): Promise<Find> {
  const rules = types.has('PHONE_NUMBER') ? await loadPhoneRules(country) : undefined;
  const findPersons = types.has('PERSON') ? (await import('./person/find-persons.ts')).findPersons : undefined;
  const wantsDates = types.has('DATE_OF_BIRTH') || types.has('DATE_TIME');
  return (text, field) => {
    const isCalled = labelsOf(text, field);
    const findings: Finding[] = [...findNationalIds(text, isCalled, types)];
    const runs = rules !== undefined || types.has('CREDIT_CARD') ? digitRunsIn(text) : [];
    if (types.has('EMAIL_ADDRESS')) findings.push(...findEmails(text));
    if (types.has('CREDIT_CARD')) findings.push(...findPaymentCards(text, runs, isCalled));
    if (rules !== undefined) findings.push(...findPhones(text, runs, isCalled, rules));
    if (types.has('IBAN_CODE')) findings.push(...findIbans(text));
    if (types.has('IP_ADDRESS')) findings.push(...findIpAddresses(text));
    if (types.has('CRYPTO')) findings.push(...findCryptoAddresses(text, isCalled));
    if (types.has('URL_CREDENTIALS')) findings.push(...findUrlCredentials(text));
    if (wantsDates) findings.push(...findDates(text, isCalled, types.has('DATE_TIME')));
    if (findPersons !== undefined) findings.push(...findPersons(text, field));
    return findings.filter(({ type }) => types.has(type));
  };
}
