import { anyJson } from '@telos/core';
import type { Json } from '@telos/core';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { defineCheck, quoted } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import type { Finding } from '../findings/finding.ts';
import { address, hostList, hostOf } from '../text/hosts.ts';

const Params = z
  .strictObject({
    hosts: z
      .array(z.string().trim().min(1).max(253))
      .max(1000)
      .optional()
      .describe(
        'Hosts that addresses may name: example.com is that host alone, *.example.com every host under it. []: no address at all.',
      ),
    values: z
      .array(anyJson)
      .min(1)
      .max(10_000)
      .optional()
      .describe('What the value, or each item of it when it is a list, must be one of.'),
    field: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The field of the value that `values` are for, `a.b` for one within another.'),
    redact: z.boolean().default(false).describe('Offer the value with placeholders in place of other addresses.'),
  })
  .refine(({ hosts, values }) => (hosts ?? values) !== undefined, { message: 'give `hosts`, `values` or both' });

/** Score: 1, or 0 when there is a host or a value that is not on the list. */
export const allowList = defineCheck<z.infer<typeof Params>>({
  name: 'allow_list',
  description: 'Addresses may name only listed hosts; values may be only listed ones.',
  params: Params,
  needs: 'local',
  catches: 'hosts and values that are not on the list',
  offers: { redact: { redact: true } },
  async score(subject, { hosts, values, field, redact }, context) {
    const stranger = values === undefined ? undefined : strangerIn(subject.value, values, field);
    if (stranger !== undefined) {
      return {
        score: 0,
        verdict: 'fail',
        reason: `${quoted(typeof stranger === 'string' ? stranger : JSON.stringify(stranger))} is not on the list.`,
      };
    }
    if (hosts === undefined) return { score: 1, verdict: 'pass', reason: 'Every value is on the list.' };
    const rail = {
      what: 'addresses of hosts that are not on the list',
      find: strangeHosts(hosts),
      minConfidence: 0,
      allow: [],
      redact,
    };
    return runRail(subject, rail, context);
  },
});

function strangerIn(value: Json, values: readonly Json[], field: string | undefined): Json | undefined {
  let at: Json | undefined = value;
  for (const name of field?.split('.') ?? []) {
    at =
      typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, name)
        ? (at as { readonly [name: string]: Json })[name]
        : undefined;
  }
  const found: readonly Json[] = Array.isArray(at) ? at : [at ?? null];
  const texts = new Set<Json>(values.filter((each) => typeof each !== 'object'));
  const others = values.filter((each) => typeof each === 'object');
  return found.find((each) => !texts.has(each) && !others.some((other) => isDeepStrictEqual(each, other)));
}

function strangeHosts(hosts: readonly string[]): (text: string) => readonly Finding[] {
  const isListed = hostList(hosts);
  return (text) =>
    [...text.matchAll(address)].flatMap((match) => {
      if (isListed(hostOf(match[0]))) return [];
      const written = match[0].replace(/[.,;:!?]+$/, '');
      return [{ type: 'FOREIGN_HOST', start: match.index, end: match.index + written.length, confidence: 1 }];
    });
}
