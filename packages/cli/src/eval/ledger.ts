/**
 * What an experiment may still spend. A run that starts is given a share that
 * nobody else counts on, so that runs side by side cannot overrun it together.
 */
import { addUsage, noUsage } from '@telos/core';
import type { BudgetSpec, Usage } from '@telos/core';

export interface Ledger {
  readonly spent: Usage;
  /**
   * Sets aside what one more run may spend: what is left, in equal parts for those that may be under way at once.
   * Undefined: nothing is left.
   */
  share(now: number): Share | undefined;
}

export type Share = {
  /** Absent: no bound. */
  readonly budget?: BudgetSpec;
  /** Gives back what was not used. A second call does nothing. */
  settle(used: Usage): void;
};

/** @param startedAt Its wall time counts from here. @param spent What was spent before. */
export function createLedger(
  budget: BudgetSpec | undefined,
  places: number,
  startedAt: number,
  spent: Usage = noUsage,
): Ledger {
  let used = spent;
  const held = new Set<BudgetSpec>();

  function left(kind: 'usd' | 'tokens' | 'calls'): number | undefined {
    const most = budget?.[kind];
    if (most === undefined) return undefined;
    const reserved = [...held].reduce((sum, each) => sum + (each[kind] ?? 0), 0);
    return most - amountOf(used, kind) - reserved;
  }

  return {
    get spent() {
      return used;
    },
    share(now) {
      if (budget === undefined) return { settle: (more) => void (used = addUsage(used, more)) };
      const free = Math.max(1, places - held.size);
      const share: { -readonly [K in keyof BudgetSpec]: BudgetSpec[K] } = { onExceeded: 'fail' };
      for (const kind of ['usd', 'tokens', 'calls'] as const) {
        const rest = left(kind);
        if (rest === undefined) continue;
        // A budget of nothing lets what costs nothing go on.
        if (rest < 0 || (rest === 0 && budget[kind] !== 0)) return undefined;
        share[kind] = kind === 'usd' ? rest / free : Math.floor(rest / free);
      }
      if (budget.wallMs !== undefined) {
        share.wallMs = startedAt + budget.wallMs - now;
        if (share.wallMs <= 0) return undefined;
      }
      held.add(share);
      return {
        budget: share,
        settle(more) {
          if (held.delete(share)) used = addUsage(used, more);
        },
      };
    },
  };
}

function amountOf(usage: Usage, kind: 'usd' | 'tokens' | 'calls'): number {
  return kind === 'tokens' ? usage.input_tokens + usage.output_tokens : usage[kind];
}

/** The tighter of two, field by field; what passes it fails. */
export function tighter(own: BudgetSpec | undefined, other: BudgetSpec): BudgetSpec {
  const budget: { -readonly [K in keyof BudgetSpec]: BudgetSpec[K] } = { ...other };
  for (const kind of ['usd', 'tokens', 'calls', 'wallMs'] as const) {
    const [left, right] = [own?.[kind], other[kind]];
    if (left !== undefined) budget[kind] = Math.min(left, right ?? Infinity);
  }
  return budget;
}
