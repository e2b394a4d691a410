/**
 * A command of `telos`: its words and options, stated once, from which come the
 * parsing, the help page and the types of what `run` is given.
 */
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { parseWords } from './parse-words.ts';

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

export type Command = Omit<CommandSpec<Options>, 'run'> & {
  /** @throws TelosError USAGE when the words do not fit, and whatever the command throws. */
  run(words: readonly string[], terminal: Terminal): Promise<ExitCode>;
};

export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  return { ...spec, run: (words, terminal) => spec.run(parseWords(spec, words), terminal) };
}

/** Asked for by every command that prints something a program may read. */
export const jsonOption = {
  type: 'flag',
  about: 'one JSON object per line on standard output, nothing else (as when it is not a terminal)',
} as const;
