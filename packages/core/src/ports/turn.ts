/** Whose turn it is where many wait for the same thing: slots of a queue, requests to a model. */
export type Turn = {
  /** Who it is for, usually a namespace. Shares take turns, however much each of them waits for. What names none is one share. */
  readonly share?: string;
  /** How many turns it gets beside others; absent: `normal`. Nothing is ever put off for good. */
  readonly priority?: Priority;
};

export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** Turns for each turn of `low`. */
export const turnsOf: { readonly [P in Priority]: number } = { high: 16, normal: 4, low: 1 };

/** What takes turns with the others: all of one share with one priority. */
export function flowOf({ share = '', priority = 'normal' }: Turn): string {
  return `${priority}:${share}`;
}
