import type { Subject } from '@telos/core';
import { z } from 'zod';
import { defineCheck } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import { textsOf } from '@telos/core';
import { hostList } from '../text/hosts.ts';
import type { Known } from './carried-data.ts';
import { findExfiltration } from './find-exfiltration.ts';

const Params = z.strictObject({
  hosts: z
    .array(z.string().trim().min(1).max(253))
    .max(1000)
    .optional()
    .describe(
      'Hosts that may be told anything: example.com, *.example.com. Given, every address of another host is a finding.',
    ),
  trust: z
    .array(z.string().trim().min(1).max(253))
    .max(1000)
    .default([])
    .describe('Hosts that may be told anything, while others are judged by what their addresses carry.'),
  min_confidence: z.number().min(0).max(1).default(0.5).describe('Findings of less confidence do not count.'),
  redact: z.boolean().default(false).describe('Offer the value with placeholders in place of such addresses.'),
});

/** Of what the step was given, in UTF-16 units: what addresses are compared with. */
const mostKnown = 500_000;
/** How often that is searched; an address that is looked at later counts as not given. */
const mostLookUps = 200;

const placeholders = new Map([
  ['DATA_IN_URL', 'LINK'],
  ['FETCHED_URL', 'LINK'],
  ['FOREIGN_HOST', 'LINK'],
]);

/** Score: 1 less the confidence of the surest finding. */
export const exfiltration = defineCheck<z.infer<typeof Params>>({
  name: 'exfiltration',
  description:
    'No address in the text may carry data out: queries with something encoded or private in them, images that are fetched as the text is shown.',
  params: Params,
  needs: 'local',
  catches: 'addresses that carry data out',
  offers: { redact: { redact: true } },
  restorable: true,
  score(subject, { hosts, trust, min_confidence: minConfidence, redact }, context) {
    const isTrusted = hostList([...(hosts ?? []), ...trust]);
    const options = { isTrusted, trustedOnly: hosts !== undefined, isKnown: knownFrom(subject) };
    const find = (text: string): ReturnType<typeof findExfiltration> => findExfiltration(text, options);
    const rail = { what: 'addresses that may carry data out', find, placeholders, minConfidence, allow: [], redact };
    return runRail(subject, rail, context);
  },
});

/** Texts of the step's input and of the steps it read, in lower case, with blanks in one form. */
function knownFrom({ input, sources }: Subject): Known {
  let given: string | undefined;
  let left = mostLookUps;
  return (text) => {
    if (left === 0) return false;
    left -= 1;
    given ??= plain(
      textsOf({ input, sources })
        .filter(({ isKey }) => !isKey)
        .map((placed) => placed.text)
        .join('\n')
        .slice(0, mostKnown),
    );
    return given.includes(plain(text));
  };
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').toLowerCase();
}
