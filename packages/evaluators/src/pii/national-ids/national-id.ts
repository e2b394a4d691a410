/** Numbers by which a state knows a person: how one looks, what makes it a right one, and what it is called. */
export type NationalId = {
  readonly type: string;
  /** Global and bounded, without looking at what touches it. */
  readonly pattern: RegExp;
  /** Of the number without blanks, dots, dashes and slashes, in upper case. Absent where a number has no check. */
  readonly isRight?: (plain: string, written: string) => boolean;
  /** What it is called. Required before a number that looks like many others. */
  readonly named: RegExp;
  /** How sure its form and its check alone make it; absent: not sure enough to be told without its name. */
  readonly alone?: number;
  /** Alone it is told only as it is written with its dashes, dots or blanks: the bare digits are like any others. */
  readonly groupedAlone?: true;
};

/** What may stand between a name and the number. */
export const called = (names: string): RegExp => new RegExp(String.raw`(?:${names})[^\d\n]{0,24}$`, 'iu');
