/** Times, money and tokens in few characters. */
import type { Usage } from '@telos/core';

/** `340 ms`, `4.2 s`, `2 m 05 s`, `1 h 02 m`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${two(Math.floor(ms / 1000) % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** `820`, `1.2k`, `3.4M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** `$0.0042` below a cent, `$1.25` above. */
export function moneyText(usd: number): string {
  return `$${usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** What of a usage is worth a place on the line: tokens and money when there were any. */
export function usageText(usage: Usage): string {
  const tokens = usage.input_tokens + usage.output_tokens;
  const parts = [tokens > 0 ? `${countText(tokens)} tokens` : '', usage.usd > 0 ? moneyText(usage.usd) : ''];
  return parts.filter((part) => part !== '').join(', ');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
