import { addUsage, noUsage } from '@telos/core';
import type { Usage } from '@telos/core';

/** What work is expected to cost, and what it may cost at most. `ms` is time on the clock, not a sum over what runs side by side. */
export type Cost = { readonly expected: Usage; readonly most: Usage };

export const noCost: Cost = { expected: noUsage, most: noUsage };

/** One after the other. */
export function plus(left: Cost, right: Cost): Cost {
  return { expected: addUsage(left.expected, right.expected), most: addUsage(left.most, right.most) };
}

export type Times = { readonly expected: number; readonly most: number };

export const once: Times = { expected: 1, most: 1 };

/** So many times; at most so many side by side. */
export function times({ expected, most }: Cost, count: Times, sideBySide = 1): Cost {
  return { expected: scaled(expected, count.expected, sideBySide), most: scaled(most, count.most, sideBySide) };
}

export function scaled(usage: Usage, count: number, sideBySide = 1): Usage {
  return {
    input_tokens: usage.input_tokens * count,
    output_tokens: usage.output_tokens * count,
    usd: usage.usd * count,
    ms: usage.ms * Math.ceil(count / sideBySide),
    calls: usage.calls * count,
  };
}

/** The same cost, and another time on the clock. */
export function lasting({ expected, most }: Cost, ms: Times): Cost {
  return { expected: { ...expected, ms: ms.expected }, most: { ...most, ms: ms.most } };
}

/** Of several ways of which one is gone, the dearest: by money, then tokens, then calls. */
export function dearest(ways: readonly Cost[]): Cost {
  return {
    expected: ways.map(({ expected }) => expected).reduce(dearer, noUsage),
    most: ways.map(({ most }) => most).reduce(dearer, noUsage),
  };
}

function dearer(left: Usage, right: Usage): Usage {
  const tokens = (usage: Usage) => usage.input_tokens + usage.output_tokens;
  const difference =
    right.usd - left.usd || tokens(right) - tokens(left) || right.calls - left.calls || right.ms - left.ms;
  const ms = Math.max(left.ms, right.ms);
  return { ...(difference > 0 ? right : left), ms };
}
