import type { Command } from './command.ts';
import type { Option, Word } from './command-spec.ts';

/** The help page of one command. */
export function commandPage(command: Command): string {
  const options = Object.entries(command.options);
  const words = command.words.map(wordShape).join(' ');
  const lines = [
    command.summary,
    '',
    `  telos ${[command.name, words, options.length > 0 ? '[options]' : ''].join(' ').trim()}`,
  ];
  const rows: [string, string][] = [
    ...command.words.map((word): [string, string] => [wordShape(word), word.about]),
    ...options.map(([name, option]): [string, string] => [optionShape(name, option), option.about]),
  ];
  if (rows.length > 0) lines.push('', ...columns(rows));
  if (command.examples.length > 0) lines.push('', 'Examples', ...command.examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

/** The page of `telos --help`. */
export function overviewPage(commands: readonly { readonly name: string; readonly summary: string }[]): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary]);
  return [
    'Telos runs agentic workflows: one file to write, one command to run, one page to see what happened.',
    '',
    '  telos <command> [options]',
    '',
    ...columns(rows),
    '',
    '`telos <command> --help` tells more. Settings are read from the environment and from telos.yaml.',
    'Exit codes: 0 succeeded, 1 the run failed, 2 invalid input or usage, 3 waiting for a person, 130 cancelled.',
    '',
  ].join('\n');
}

function wordShape(word: Word): string {
  if (word.needed === 'optional') return `[${word.name}]`;
  return word.needed === 'one' ? `<${word.name}>` : `<${word.name}> ...`;
}

function optionShape(name: string, option: Option): string {
  if (option.type === 'flag') return `--${name}`;
  return option.type === 'list' ? `--${name} ${option.value} ...` : `--${name} ${option.value}`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
