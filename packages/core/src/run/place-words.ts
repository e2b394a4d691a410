import type { Wait } from './events.ts';

/** What a rail asks about, for a sentence: `tool arguments`. */
export function placeWords({ rails }: Extract<Wait, { kind: 'approval' }>): string {
  return rails === undefined ? 'value' : rails.place.replace('_', ' ');
}
