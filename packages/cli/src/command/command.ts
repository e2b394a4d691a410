/**
 * A command of `telos`: its words and options, stated once, from which come the
 * parsing, the help page and the types of what `run` is given.
 */
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { parseWords } from './parse-words.ts';
import type { Options, CommandSpec } from './command-spec.ts';

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
