/** What a command states of itself: its words and options, and the types of what it is given. */
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export type Option =
  | { readonly type: 'flag'; readonly about: string }
  /** `value` stands for the value in the help page: `name=value`. */
  | { readonly type: 'value'; readonly value: string; readonly about: string }
  /** May be given several times. */
  | { readonly type: 'list'; readonly value: string; readonly about: string };

export type Options = { readonly [name: string]: Option };

/** A word by its place. Only the last may be optional or take all the words that are left. */
export type Word = {
  readonly name: string;
  readonly about: string;
  readonly needed: 'one' | 'optional' | 'at least one';
  /** It holds blanks, so quotes belong around it. */
  readonly isText?: true;
};

export type OptionValues<O extends Options> = {
  readonly [K in keyof O]: O[K]['type'] extends 'flag'
    ? boolean
    : O[K]['type'] extends 'list'
      ? readonly string[]
      : string | undefined;
};

export type Call<O extends Options> = { readonly words: readonly string[]; readonly options: OptionValues<O> };

export type CommandSpec<O extends Options> = {
  readonly name: string;
  /** One line, as it stands in the list of commands. */
  readonly summary: string;
  readonly words: readonly Word[];
  readonly options: O;
  /** Whole command lines worth copying. */
  readonly examples: readonly string[];
  run(call: Call<O>, terminal: Terminal): Promise<ExitCode>;
};
