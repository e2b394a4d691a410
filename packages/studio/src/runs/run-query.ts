import { locations } from '@telos/contract';
import type { RunsFilter } from '../route.ts';

/** The address of a page of runs. */
export function runQuery(filter: RunsFilter, limit: number, cursor?: string): string {
  const status = filter.status.length > 0 ? { status: filter.status.join(',') } : undefined;
  const parameters = new URLSearchParams([...new URLSearchParams(status), ...asked(filter)]);
  parameters.set('limit', String(limit));
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return `${locations.runs}?${parameters.toString()}`;
}

/** The address of how many there are of each status. */
export function countQuery(filter: RunsFilter): string {
  return `${locations.runCounts}?${asked(filter).toString()}`;
}

function asked({ workflow, text }: RunsFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  if (workflow !== undefined) parameters.set('workflow', workflow);
  if (text !== undefined) parameters.set(isCondition(text) ? 'where' : 'q', text);
  return parameters;
}

/** Whether a search is a condition (`cost > 0.5`) rather than words: words are names, and have no such signs in them. */
export function isCondition(text: string): boolean {
  return /[=!<>]=|[<>]|&&|\|\||\sin\s|\bhas\(|\.(?:contains|startsWith|endsWith)\(/.test(text);
}
