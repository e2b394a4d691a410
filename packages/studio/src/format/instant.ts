/**
 * When something happened, as a person says it.
 *
 * @param at Milliseconds since 1970.
 * @param now The same, of this moment.
 * @param timeZone IANA name; absent: where the reader is.
 * @returns `now`, `12 s ago`, `5 min ago`, `14:02` on the same day, `3 Nov 14:02` in the same year, else `3 Nov 2025`.
 */
export function formatWhen(at: number, now: number, timeZone?: string): string {
  const ago = now - at;
  if (ago < 3_000) return 'now';
  if (ago < 60_000) return `${Math.floor(ago / 1000)} s ago`;
  if (ago < 3_600_000) return `${Math.floor(ago / 60_000)} min ago`;
  const then = partsOf(at, timeZone);
  const today = partsOf(now, timeZone);
  const date = `${then.day} ${then.month}`;
  const time = `${then.hour}:${then.minute}`;
  if (then.year !== today.year) return `${date} ${then.year}`;
  return date === `${today.day} ${today.month}` ? time : `${date} ${time}`;
}

/** The instant to the millisecond, where the reader is, for a tooltip: `3 Nov 2026, 14:02:31.204`. */
export function formatExactly(at: number, timeZone?: string): string {
  const { day, month, year, hour, minute, second, millisecond } = partsOf(at, timeZone);
  return `${day} ${month} ${year}, ${hour}:${minute}:${second}.${millisecond}`;
}

/** The instant to the minute, where the reader is: `3 Nov 2026, 14:02`. */
export function formatMinute(at: number, timeZone?: string): string {
  const { day, month, year, hour, minute } = partsOf(at, timeZone);
  return `${day} ${month} ${year}, ${hour}:${minute}`;
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function partsOf(at: number, timeZone: string | undefined) {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    year: part['year'] ?? '',
    month: months[Number(part['month']) - 1] ?? '',
    day: String(Number(part['day'])),
    hour: part['hour'] ?? '',
    minute: part['minute'] ?? '',
    second: part['second'] ?? '',
    millisecond: part['fractionalSecond'] ?? '',
  };
}
