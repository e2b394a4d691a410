import { errorRecordOf, TelosError } from '@telos/core';
import type { ErrorRecord } from '@telos/core';
import { commands } from './command/commands.ts';
import { meantBy } from './command/habits.ts';
import { commandPage, overviewPage } from './command/help-page.ts';
import { exitCodeOfError } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { problemText } from './output/problem-text.ts';
import type { Terminal } from './terminal.ts';
import { version } from './compose/installation.ts';

/**
 * Carries out one command line. Never throws: a failure becomes one clear line
 * on standard error, a JSON line on standard output where JSON is written, and an exit code.
 */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    const record = errorRecordOf(error, 'BUG');
    const showStack = terminal.environment['TELOS_DEBUG'] === '1' || record.code === 'BUG';
    terminal.complain(problemText(record));
    if (showStack && error instanceof Error) terminal.complain(`${error.stack ?? ''}\n`);
    if (wantsJson(words, terminal)) terminal.write(`${JSON.stringify({ type: 'error', ...jsonOf(record) })}\n`);
    return exitCodeOfError(record);
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = name === 'help' ? rest[0] : undefined;
    terminal.write(about === undefined ? overviewPage(commands) : commandPage(await find(about)));
    return 0;
  }
  if (name === '--version' || name === '-v') {
    terminal.write(`${version()}\n`);
    return 0;
  }
  const command = await find(name);
  if (asksForHelp(rest)) {
    terminal.write(commandPage(command));
    return 0;
  }
  return command.run(rest, terminal);
}

async function find(name: string): ReturnType<(typeof commands)[number]['load']> {
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry.load();
  const near = meantBy(
    name,
    commands.map((command) => command.name),
  );
  const meant = near === undefined ? '' : ` Did you mean \`telos ${near}\`?`;
  const what = name.startsWith('-')
    ? `Before the command stands an unknown option, ${name}.`
    : `There is no command \`telos ${name}\`.`;
  throw new TelosError('USAGE', `${what}${meant}`, { next: 'See `telos --help`.' });
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function wantsJson(words: readonly string[], terminal: Terminal): boolean {
  return words.includes('--json') || !terminal.isInteractive;
}

function jsonOf({ kind: _, ...rest }: ErrorRecord): Omit<ErrorRecord, 'kind'> {
  return rest;
}
