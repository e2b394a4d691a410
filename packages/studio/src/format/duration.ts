const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A duration in at most two units: `840 ms`, `3.42 s`, `42.1 s`, `3 m 05 s`, `2 h 04 m`, `3 d 4 h`.
 *
 * @param ms Milliseconds; what is below zero (clocks of two machines differ) counts as zero.
 */
export function formatDuration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 999.5) return `${Math.round(length)} ms`;
  if (length < 9_995) return `${(length / second).toFixed(2)} s`;
  if (length < 59_950) return `${(length / second).toFixed(1)} s`;
  const seconds = Math.round(length / second);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(length / minute);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
  const hours = Math.round(length / hour);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A mark on a time axis, as short as it can be said exactly: `0`, `250 ms`, `1.5 s`, `2 m`, `1 h 30 m`. */
export function formatTick(ms: number): string {
  if (ms === 0) return '0';
  if (ms < second) return `${round(ms)} ms`;
  if (ms < minute) return `${round(ms / second)} s`;
  if (ms < hour) return inTwo(ms, minute, 'm', second, 's');
  if (ms < day) return inTwo(ms, hour, 'h', minute, 'm');
  return inTwo(ms, day, 'd', hour, 'h');
}

function inTwo(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.round((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** Without the noise of binary fractions. */
function round(value: number): number {
  return Number(value.toFixed(3));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
