/** What blocks share: reading a body, and what to say when there is none. */
import type { Json } from '@telos/core';
import { isList } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import type { Names } from '../sight.ts';
import type { ResolvedList, StepSite } from '../step-site.ts';

export function bodyOf(
  written: Json | undefined,
  place: Place,
  chain: string,
  names: Names,
  site: StepSite,
): ResolvedList | undefined {
  return isList(written) ? site.body(written, place, chain, names, site.resolution) : undefined;
}

export function reportMissing(message: string, place: Place, site: StepSite): void {
  site.resolution.report({ code: 'MISSING_KEY', place, message });
}

/** Adds to what a block reads what an expression behind its body reads of the steps around it. */
export function addOuterReads(reads: Set<string>, behind: ReadonlySet<string>, body: ResolvedList): void {
  for (const id of behind) if (body.after.from?.list.indexOf.has(id) !== true) reads.add(id);
}
