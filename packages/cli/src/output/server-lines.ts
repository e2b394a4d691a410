/** What a server offers, beside what was accepted of it, for a person. */
import { metAtText } from '@telos/tools';
import type { Look, LookedAtTool } from '@telos/tools';

/** Of a description or a schema, old or new. */
const longest = 600;

/** @param pins Whether it was accepted just now. */
export function lookLines(look: Look, pins: boolean): readonly string[] {
  const { connection, at, state, protocol, tools, error } = look;
  if (state === 'unreachable')
    return [
      `${connection}  ${metAtText(at)}`,
      `  cannot be asked: ${error?.message ?? ''} ${error?.next ?? ''}`.trimEnd(),
    ];
  const said = pins
    ? 'pinned'
    : state === 'same'
      ? 'as it was accepted'
      : state === 'new'
        ? 'not accepted yet: `telos mcp pin` does'
        : 'not as it was accepted: read what changed, `telos mcp pin` accepts it';
  return [
    `${connection}  ${metAtText(at)}  ${protocol ?? ''}  ${said}`,
    ...tools.flatMap((tool) => toolLines(tool, connection)),
  ];
}

function toolLines({ name, state, effect, reason, changes = [] }: LookedAtTool, connection: string): readonly string[] {
  const mark = { same: ' ', new: '+', changed: '~', gone: '-', held_back: '!' }[state];
  const words = { same: '', new: 'new', changed: 'changed', gone: 'gone', held_back: 'held back' }[state];
  const why = reason === undefined ? '' : `: ${reason} (--accept ${connection}.${name} takes it all the same)`;
  return [
    `  ${mark} ${connection}.${name}  ${effect}  ${words}${why}`.trimEnd(),
    ...changes.flatMap((change) => [
      `      ${change.what}`,
      `      - ${textOf(change.old)}`,
      `      + ${textOf(change.new)}`,
    ]),
  ];
}

function textOf(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' ');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
