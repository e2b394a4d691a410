import { parseArgs } from 'node:util';
import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import type { Call, CommandSpec, Options, OptionValues } from './command-spec.ts';

/**
 * Reads what stands after the command's name. Strict: an unknown option, a
 * missing value and a word too many are errors that name what was meant.
 *
 * @throws TelosError USAGE
 */
export function parseWords<O extends Options>(spec: CommandSpec<O>, given: readonly string[]): Call<O> {
  const known = Object.entries(spec.options);
  const { tokens } = parseArgs({
    args: [...given],
    options: Object.fromEntries(
      known.map(([name, option]) => [
        name,
        { type: option.type === 'flag' ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const words: string[] = [];
  const lists = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = spec.options[token.name];
    if (option === undefined) throw unknownOption(spec, token.rawName);
    if (option.type === 'flag' && token.value !== undefined) {
      throw usage(spec, `${token.rawName} takes no value, but was given "${token.value}".`);
    }
    if (option.type !== 'flag' && (token.value === undefined || (token.value.startsWith('--') && !token.inlineValue))) {
      throw usage(spec, `${token.rawName} needs a value: ${token.rawName} ${option.value}.`);
    }
    lists.set(token.name, [...(lists.get(token.name) ?? []), token.value ?? '']);
  }
  checkWords(spec, words);

  const values = known.map(([name, option]) => {
    const list = lists.get(name) ?? [];
    if (option.type === 'flag') return [name, list.length > 0];
    if (option.type === 'list') return [name, list];
    if (list.length > 1) throw usage(spec, `--${name} was given ${list.length} times; it may be given once.`);
    return [name, list[0]];
  });
  // Safe: there is one value for each option, of the type that OptionValues derives from it.
  return { words, options: Object.fromEntries(values) as OptionValues<O> };
}

function checkWords<O extends Options>(spec: CommandSpec<O>, words: readonly string[]): void {
  const needed = spec.words.filter((word) => word.needed !== 'optional');
  const missing = needed[words.length];
  if (missing !== undefined) throw usage(spec, `\`telos ${spec.name}\` needs ${missing.about}.`);
  const takesRest = spec.words.at(-1)?.needed === 'at least one';
  const extra = words[spec.words.length];
  if (extra !== undefined && !takesRest) {
    throw usage(spec, `\`telos ${spec.name}\` does not know what to do with "${extra}".${homeOf(spec, extra)}`);
  }
}

/** Where a word too many belongs. */
function homeOf<O extends Options>({ words, options }: CommandSpec<O>, extra: string): string {
  const text = words.find((word) => word.isText);
  if (text !== undefined) return ` Put quotes around the ${text.name}: "... ${extra} ...".`;
  if (extra.includes('=') && Object.hasOwn(options, 'input')) return ` Inputs are given as --input ${extra}.`;
  if (extra.includes('=') && Object.hasOwn(options, 'set')) return ` Values are given as --set ${extra}.`;
  const step = ['step', 'from'].find((name) => Object.hasOwn(options, name));
  return step === undefined ? '' : ` A step is named by --${step} ${extra}.`;
}

function unknownOption<O extends Options>(spec: CommandSpec<O>, rawName: string): TelosError {
  const names = Object.keys(spec.options).map((name) => `--${name}`);
  const near = nearest(rawName, names);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  return usage(spec, `\`telos ${spec.name}\` has no option ${rawName}.${meant}`);
}

function usage<O extends Options>(spec: CommandSpec<O>, message: string): TelosError {
  return new TelosError('USAGE', message, { next: `See \`telos ${spec.name} --help\`.` });
}
