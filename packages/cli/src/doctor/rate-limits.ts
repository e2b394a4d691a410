import type { Config } from '../config/config.ts';
import type { Finding } from './finding.ts';

/** What a minute allows, and who counts. */
export function examineRateLimits({ rateLimits, queue }: Pick<Config, 'rateLimits' | 'queue'>): readonly Finding[] {
  if (rateLimits === undefined) return [];
  const each = Object.entries(rateLimits).map(([name, { requestsPerMinute, tokensPerMinute }]) => {
    const requests = requestsPerMinute === undefined ? [] : [`${requestsPerMinute} requests`];
    const tokens = tokensPerMinute === undefined ? [] : [`${tokensPerMinute} tokens`];
    return `${name} ${[...requests, ...tokens].join(' and ')}`;
  });
  const counted = queue.kind === 'local' ? 'by each process for itself' : 'by all processes of the queue together';
  return [{ about: 'rate limits', verdict: 'sound', message: `a minute: ${each.join(', ')}; counted ${counted}.` }];
}
