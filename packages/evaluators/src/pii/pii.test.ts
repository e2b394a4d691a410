import type { Json } from '@telos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversarialUnits, growthOf } from '../fixtures/growth.ts';
import { score, subjectOf } from '../fixtures/score.ts';
import { restore } from '@telos/core';
import { loadFindPii } from './find-pii.ts';
import { pii } from './pii.ts';
import { piiTypes } from './pii-types.ts';

const check = (value: Json, params: Json = {}) => score(pii, subjectOf(value), params);

/** Type and text of what is found, in order. */
async function found(text: string, params: Json = {}): Promise<readonly (readonly [string, string])[]> {
  const { evidence } = await check(text, params);
  const findings = (
    evidence as { readonly findings?: readonly { type: string; start: number; end: number }[] } | undefined
  )?.findings;
  return (findings ?? []).map(({ type, start, end }) => [type, text.slice(start, end)]);
}

describe('personal data', () => {
  it.each([
    ['anna.berg@acme.example', 'write to anna.berg@acme.example.'],
    ['a+b@mail.acme.co.uk', '<mailto:a+b@mail.acme.co.uk>'],
    ["o'brien@acme.ie", "to o'brien@acme.ie,"],
    ['zoë@münchen.example', 'zoë@münchen.example'],
    ['anna@acme.example', 'user=anna@acme.example addr=1'],
    ['anna@acme.example', "{'mail':'anna@acme.example'}"],
    ['anna%40acme.example', 'https://x.example/?mail=anna%40acme.example&a=1'],
    ['anna (at) acme (dot) example', 'anna (at) acme (dot) example'],
    ['anna [at] acme [dot] org', 'is anna [at] acme [dot] org!'],
    ['anna.berg at acme dot org', 'mail anna.berg at acme dot org please'],
    ['ａnna＠acme．example', 'ａnna＠acme．example'],
    ['an\u200Bna@ac\u00ADme.example', 'x an\u200Bna@ac\u00ADme.example y'],
  ])('is the e-mail address %j', async (address, text) => {
    expect(await found(text)).toEqual([['EMAIL_ADDRESS', address]]);
  });

  it.each([
    ['+44 20 7946 0958', 'ring +44 20 7946 0958 now'],
    ['+44 (0)20 7946 0958', '+44 (0)20 7946 0958'],
    ['+33(0)612345678', 'Tel. +33(0)612345678 le matin'],
    ['+1-727-421-3439', 'téléphone +1-727-421-3439.'],
    ['0049 30 2866310', 'fax 0049 30 2866310'],
    ['(+62) 934 3873 5243', 'on (+62) 934 3873 5243 or'],
    ['(415) 555-2671', 'at (415) 555-2671 for it'],
    ['415-555-2671 ext. 12', 'at 415-555-2671 ext. 12 for it'],
    ['415.555.2671', 'at 415.555.2671 for it'],
    ['01 23 45 67 89', 'au 01 23 45 67 89 le matin'],
    ['030/123456', 'Tel. 030/123456'],
    ['06-12345678', 'bel 06-12345678'],
    ['5552671', 'Phone: 5552671'],
    ['+44 20 7946 0958', 'Anna,Leeds,29781,+44 20 7946 0958,29781'],
    ['９１９８７６５４３２', 'Mobile ９１９８７６５４３２'],
    ['+44\u00A07756\u2011562592', 'x +44\u00A07756\u2011562592 y'],
  ])('is the telephone number %j', async (number, text) => {
    expect(await found(text)).toEqual([['PHONE_NUMBER', number]]);
  });

  it.each([
    ['CREDIT_CARD', '4111111111111111'],
    ['CREDIT_CARD', '4111 1111 1111 1111'],
    ['CREDIT_CARD', '3782-822463-10005'],
    ['CREDIT_CARD', '４１１１ １１１１ １１１１ １１１１'],
    ['IBAN_CODE', 'DE89 3704 0044 0532 0130 00'],
    ['CREDIT_CARD', '9792 1234 5678 9018'],
    ['CREDIT_CARD', '6759 6498 2643 8453'],
    ['IBAN_CODE', 'DE89.3704.0044.0532.0130.00'],
    ['IBAN_CODE', 'gb29nwbk60161331926819'],
    ['IP_ADDRESS', '203.0.113.7'],
    ['IP_ADDRESS', '2001:db8::8a2e:370:7334'],
    ['IP_ADDRESS', '::ffff:203.0.113.7'],
    ['CRYPTO', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT'],
    ['CRYPTO', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
    ['CRYPTO', '0x52908400098527886E0F7030069857D2E4169EE7'],
    ['ES_NIF', '12345678Z'],
    ['IT_FISCAL_CODE', 'RSSMRA85T10A562S'],
    ['FR_NIR', '2 55 08 14 168 025 38'],
    ['DE_SOCIAL_SECURITY', '15 070649 C 103'],
    ['BE_NRN', '85.07.30-033.28'],
    ['CH_AHV', '756.9217.0769.85'],
    ['PL_PESEL', '44051401359'],
    ['SE_PERSONNUMMER', '811228-9874'],
    ['FI_HETU', '131052-308T'],
    ['CZ_RODNE_CISLO', '736028/5163'],
    ['IE_PPS', '1234567T'],
    ['TR_TCKN', '10000000146'],
    ['UK_NINO', 'AB 12 34 56 C'],
    ['UK_DRIVER_LICENCE', 'MORGA657054SM9IJ'],
    ['US_SSN', '219-09-9999'],
    ['BR_CPF', '111.444.777-35'],
    ['CL_RUT', '12.345.678-5'],
    ['MX_CURP', 'HEGG560427MVZRRL04'],
    ['IN_AADHAAR', '2341 2341 2346'],
    ['IN_PAN', 'ABCPE1234F'],
    ['CN_RESIDENT_ID', '11010519491231002X'],
    ['KR_RRN', '820701-2409184'],
    ['SG_NRIC', 'S1234567D'],
  ])('is a %s alone: %j', async (type, number) => {
    expect(await found(`They wrote ${number}, and no more.`)).toEqual([[type, number]]);
  });

  it.each([
    ['US_SSN', 'SSN', '219099999'],
    ['US_ITIN', 'ITIN', '912-70-1234'],
    ['CA_SIN', 'SIN', '130 692 544'],
    ['NL_BSN', 'BSN', '111222333'],
    ['PT_NIF', 'NIF', '123456789'],
    ['DE_TAX_ID', 'Steuer-ID', '86 095 742 719'],
    ['DK_CPR', 'CPR', '070761-4285'],
    ['HR_OIB', 'OIB', '69435151530'],
    ['AU_TFN', 'TFN', '123 456 782'],
    ['IL_ID', 'Teudat Zehut', '123456782'],
    ['US_DRIVER_LICENSE', "driver's license", 'D1234567'],
    ['CRYPTO', 'BTC wallet', '3YFmAoe8NMr1NJLVWnEAoEMzq5QRoVTr'],
    ['PASSPORT', 'Passport no.', 'C01X00T47'],
    ['DATE_OF_BIRTH', 'born', '12 March 1984'],
    ['DATE_OF_BIRTH', 'Date of birth:', '1984-03-12'],
    ['DATE_OF_BIRTH', 'geboren am', '12.03.1984'],
    ['DATE_OF_BIRTH', 'née le', '12 mars 1984'],
    ['DATE_OF_BIRTH', 'fecha de nacimiento', '12 de marzo de 1984'],
  ])('is a %s behind %j, and nothing without it', async (type, name, number) => {
    expect(await found(`They wrote ${name} ${number}.`)).toEqual([[type, number]]);
    expect(await found(`They wrote ${number}.`)).toEqual([]);
    expect(await found(number, {})).toEqual([]);
  });

  it('is the user name and the password of a URL', async () => {
    expect(await found('see https://anna:hunter22@acme.example/x')).toEqual([['URL_CREDENTIALS', 'anna:hunter22']]);
  });

  it.each([
    'Version 5.3.4 fixes the crash; build 1.2.3.4 follows, Chrome/126.0.0.0 too.',
    'localhost is 127.0.0.1 with mask 255.255.255.0',
    'Order 555-123-4567 and tracking id 1Z405332859286',
    'Card number 1234 5678 9012 3456 has no valid checksum.',
    'ISBN 978-3-16-148410-0, timestamp 1700000000, price 1,234,567.89',
    'from 2024-01-02 10:00 to 02.01.2024 11:30',
    'commit 9f6815ab5, part 807117001, digits 012345678',
    'zip 03101-9533',
    'Upgrade from 2.0.1.3 to 2.0.2.0; see table 3.2.1.4 and EC 1.14.13.39',
    'SKU 536-90-4399-X',
    'icon@2x.png, git@github.com:a/b, lodash@4.17.21, @anna, std::vector<a::b>',
    'Meet me at noon dot it will be fine',
    'x'.repeat(50),
    '<EMAIL_1> <PHONE_2> <CARD_1> https://<URL_CREDENTIALS_1>@acme.example',
  ])('is not %j', async (text) => {
    expect(await check(text)).toMatchObject({ verdict: 'pass', score: 1 });
  });

  it('is a number by the name of its field', async () => {
    const value = { phone: '5552671', ssn: 219099999, order: '5552671', dateOfBirth: '1984-03-12' };
    const { evidence } = await check(value);
    expect(evidence).toMatchObject({
      findings: [
        { type: 'PHONE_NUMBER', at: '/phone' },
        { type: 'US_SSN', at: '/ssn' },
        { type: 'DATE_OF_BIRTH', at: '/dateOfBirth' },
      ],
    });
  });

  it('is hidden in strings, keys and numbers, under one placeholder for one thing, and comes back', async () => {
    const value = {
      'anna@acme.example': { card: 4111111111111111 },
      notes: ['anna@acme.example called from +44 20 7946 0958', 'bob@acme.example'],
    };
    const { replacement, vault } = await check(value, { redact: true });
    expect(replacement).toEqual({
      '<EMAIL_1>': { card: '<CARD_1>' },
      notes: ['<EMAIL_1> called from <PHONE_1>', '<EMAIL_2>'],
    });
    expect(await check(replacement ?? null)).toMatchObject({ verdict: 'pass' });
    expect(restore(replacement ?? null, vault ?? {})).toEqual(value);
  });

  it('is only what is asked for', async () => {
    const text = 'anna@acme.example, +44 20 7946 0958, on 2024-01-02';
    expect(await found(text, { types: ['PHONE_NUMBER'] })).toEqual([['PHONE_NUMBER', '+44 20 7946 0958']]);
    expect(await found(text, { types: ['DATE_TIME'] })).toEqual([['DATE_TIME', '2024-01-02']]);
    expect(await found(text, { allow: ['anna@acme.example'], min_confidence: 0.97 })).toEqual([]);
    expect(pii.params.safeParse({ types: ['SHOE_SIZE'] }).success).toBe(false);
  });

  it('is a number as it is dialled in the country that is named', async () => {
    expect(await found('au 6 12 34 56 78 demain')).toEqual([]);
    expect(await found('au 6 12 34 56 78 demain', { country: 'FR' })).toEqual([['PHONE_NUMBER', '6 12 34 56 78']]);
    expect(await check('x', { country: 'XX' })).toMatchObject({ verdict: 'error' });
  });

  it('is found in a long text wherever it stands, once', async () => {
    const filler = 'word '.repeat(50_000);
    const text = `${filler.slice(0, 99_995)} anna@acme.example ${filler} SSN ${filler.slice(0, 20)} bob@acme.example`;
    expect(await found(text)).toEqual([
      ['EMAIL_ADDRESS', 'anna@acme.example'],
      ['EMAIL_ADDRESS', 'bob@acme.example'],
    ]);
  });

  it('gets the placeholder that it had earlier in the run', async () => {
    const earlier = { '<EMAIL_1>': 'bob@acme.example', '<EMAIL_2>': 'anna@acme.example' };
    const context = { signal: new AbortController().signal, record: () => {}, vault: earlier };
    const { replacement, vault } = await pii.score(
      subjectOf('anna@acme.example, eve@acme.example'),
      pii.params.parse({ redact: true }),
      context,
    );
    expect(replacement).toBe('<EMAIL_2>, <EMAIL_3>');
    expect(vault).toEqual({ '<EMAIL_2>': 'anna@acme.example', '<EMAIL_3>': 'eve@acme.example' });
  });

  it('says where it stands and does not repeat it', async () => {
    const { reason, evidence } = await check('mail anna@acme.example');
    expect(reason).toBe(
      'The value holds personal data: EMAIL_ADDRESS. Leave it out, or put a placeholder in its place.',
    );
    expect(JSON.stringify(evidence)).not.toContain('anna');
  });

  it('is found where it stands, whatever stands around it', async () => {
    const find = await loadFindPii({ types: new Set(piiTypes) });
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 60 }),
        (before, after) => {
          const text = `${before} anna@acme.example ${after}`;
          for (const { start, end, confidence } of find(text, '')) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(confidence).toBeGreaterThan(0);
            expect(confidence).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it.each(adversarialUnits)('takes time that grows with the length of a text of nothing but %j', async (unit) => {
    const find = await loadFindPii({ types: new Set(piiTypes) });
    expect(growthOf((text) => find(text, ''), unit)).toBeLessThan(5);
  });
});
