import type { Blobs } from '@telos/core';
import { loadPayloads } from '../run-view/payloads.ts';
import type { PayloadLimits } from '../run-view/payloads.ts';
import type { ReadRun } from '../run-view/read-run.ts';
import { shareHtml } from './share-html.ts';
import { sharedPayloads, sharedRun } from './shared-run.ts';

/** A file that is sent to somebody, and holds every step. */
const fileLimits: PayloadLimits = { each: 262_144, together: 16_777_216, preview: 2_000 };

/**
 * A run as one HTML file, with what is private masked.
 *
 * @param secrets Values of the secrets that are set here: no journal has them, unless a tool gave one back.
 */
export async function shareRun(
  blobs: Pick<Blobs, 'get'>,
  run: ReadRun,
  secrets: readonly string[] = [],
): Promise<string> {
  return shareHtml(sharedRun(run, await loadPayloads(blobs, sharedPayloads(run.folded), fileLimits), secrets));
}
