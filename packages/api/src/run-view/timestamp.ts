import type { Instant } from '@telos/core';

/** The second that was written last: events of a run come close together, and a wide trace has tens of thousands. */
let second = Number.NaN;
let text = '';

/** An instant as it stands in a body: ISO 8601 in UTC with milliseconds. */
export function timestamp(at: Instant): string {
  const whole = Math.floor(at / 1000);
  if (whole !== second) {
    text = new Date(whole * 1000).toISOString().slice(0, -4);
    second = whole;
  }
  const ms = Math.floor(at - whole * 1000);
  return `${text}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
}
