/**
 * Admission: a call is made when what a minute allows has room for it.
 *
 *   taken: one request, and the tokens that it may use at most ─> the call ─> counted: the tokens that it used
 *
 * A model's own limit and that of its provider bound a call that both name. The
 * narrower one is asked first, so that what waits there takes nothing of the other.
 */
import type { Clock, Grant, Limiter, RateLimit, Sharing } from '@telos/core';
import type { ResolvedModel } from '../resolve-model.ts';
import type { RateLimitSpec, RateLimits } from './rate-limits.ts';

export type Admitted = {
  /** Counts the tokens that were really used instead of those that were taken. To be called once. */
  settle(tokens: number): void;
};

/**
 * Resolves when the call may be made; at once where nothing limits it.
 *
 * @param tokens What it may use at most.
 * @throws what `signal` aborts with, when it aborts first; CANCELLED when the process stops. Then nothing was taken.
 */
export type Admit = (
  target: Pick<ResolvedModel, 'ref' | 'provider'>,
  tokens: number,
  signal: AbortSignal,
  sharing: Sharing | undefined,
) => Promise<Admitted>;

export type AdmissionSettings = { readonly limiter: Limiter; readonly limits: RateLimits; readonly clock: Clock };

/** A wait that is over sooner is not worth telling. */
const noticedAfterMs = 1000;

const unlimited: Admitted = { settle: () => undefined };

export const admitAll: Admit = async () => unlimited;

export function createAdmission({ limiter, limits, clock }: AdmissionSettings): Admit {
  async function take(limit: RateLimit, amount: number, signal: AbortSignal, sharing?: Sharing): Promise<Grant> {
    const key = `model:${limit.of}:${limit.unit}`;
    const granted = limiter.take({ key, perMinute: limit.perMinute }, amount, { ...sharing?.turn, signal });
    if (sharing?.onWait === undefined) return granted;
    const { onWait } = sharing;
    const granting = new AbortController();
    let noticed: (() => void) | undefined;
    void clock.sleep(noticedAfterMs, granting.signal).then(() => {
      if (!granting.signal.aborted) noticed = onWait(limit);
    });
    try {
      return await granted;
    } finally {
      granting.abort();
      noticed?.();
    }
  }

  /** What was taken and is not given back counts for its minute and no longer. */
  function give(grant: Grant, actual: number): void {
    limiter.give(grant, actual).catch(() => undefined);
  }

  return async ({ ref, provider }, tokens, signal, sharing) => {
    const bounds = [...limitsOf(ref, limits[ref]), ...limitsOf(provider.name, limits[provider.name])];
    if (bounds.length === 0) return unlimited;
    const taken: { readonly unit: RateLimit['unit']; readonly grant: Grant }[] = [];
    try {
      for (const limit of bounds) {
        const grant = await take(limit, limit.unit === 'requests' ? 1 : tokens, signal, sharing);
        taken.push({ unit: limit.unit, grant });
      }
    } catch (error) {
      for (const { grant } of taken) give(grant, 0);
      throw error;
    }
    return {
      settle(used) {
        for (const { unit, grant } of taken) if (unit === 'tokens') give(grant, used);
      },
    };
  };
}

function limitsOf(of: string, spec: RateLimitSpec | undefined): readonly RateLimit[] {
  const { requestsPerMinute, tokensPerMinute } = spec ?? {};
  return [
    ...(requestsPerMinute === undefined ? [] : [{ of, unit: 'requests' as const, perMinute: requestsPerMinute }]),
    ...(tokensPerMinute === undefined ? [] : [{ of, unit: 'tokens' as const, perMinute: tokensPerMinute }]),
  ];
}
