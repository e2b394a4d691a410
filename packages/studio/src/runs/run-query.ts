import { locations } from '@telos/contract';
import type { RunsFilter } from '../route.ts';

/** The address of a page of runs. */
export function runQuery(filter: RunsFilter, limit: number, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (filter.status.length > 0) parameters.set('status', filter.status.join(','));
  if (filter.workflow !== undefined) parameters.set('workflow', filter.workflow);
  if (filter.text !== undefined) parameters.set('q', filter.text);
  parameters.set('limit', String(limit));
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return `${locations.runs}?${parameters.toString()}`;
}
