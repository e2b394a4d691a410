/** Where a request goes, and whether what it carries may go on from there. */
import type { Destination, ToolContext } from '@telos/core';

/** None for what is no URL: such a request is not made. */
export function destinationOf(url: string): readonly Destination[] {
  const parsed = URL.parse(url);
  return parsed === null ? [] : [{ host: parsed.host }];
}

/** A host that may have private data must not be able to hand it to another by a redirect. */
export function isPrivate({ labelling }: ToolContext): boolean {
  return labelling?.private !== undefined;
}
