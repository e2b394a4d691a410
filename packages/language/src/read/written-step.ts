/** Where a step of a run stands in the text of its workflow. */
import type { Json } from '@telos/core';
import { fieldOf, isList, isObject, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { readSource } from './read-source.ts';

export type WrittenStep = {
  /** Where it begins, from 1. */
  readonly line: number;
  /** Its lines, without what all of them are indented by; the first ones of a very long step. */
  readonly text: string;
};

const mostLines = 200;
const mostCharacters = 20_000;

/**
 * Finds a step as it is written.
 *
 * @param path As a run names it: `findings[3].search`, `both.left.count`, `route[1].ask`, `refine#2.draft`, `catch[0].tell`.
 * @returns The innermost block that the text has, for what an agent or a plan did by itself; undefined when there is none.
 */
export function writtenStep(source: string, path: string): WrittenStep | undefined {
  const read = readSource(source, '');
  let node: Json | undefined = read.value;
  let place: Place = [];
  let found: Place | undefined;
  // What undoes a step is written in it.
  for (const part of path.replace(/\/.*$/, '').split('.')) {
    const [, name = '', key = ''] = /^(.*?)((?:\[\d+\]|#\d+)?)$/.exec(part) ?? [];
    const next: At | undefined = stepIn(node, name) ?? fieldIn(node, name);
    if (next === undefined) break;
    node = next.node;
    place = [...place, ...next.place];
    if (isObject(node) && textField(node, 'id') === name) found = place;
    const index = key.startsWith('[') ? Number(key.slice(1, -1)) : undefined;
    const list: At | undefined = isList(node) ? { node, place: [] } : caseList(node);
    if (index !== undefined && isList(list?.node) && index < list.node.length) {
      node = list.node[index];
      place = [...place, ...list.place, index];
    }
  }
  if (found === undefined) return undefined;
  const start = read.offsetOf(found, 'value');
  return { line: read.positionOf(start).line, text: linesOf(source, start, read.endOf(found)) };
}

type At = { readonly node: Json | undefined; readonly place: Place };

function caseList(node: Json | undefined): At | undefined {
  const cases = fieldOf(node, 'switch');
  return isList(cases) ? { node: cases, place: ['switch'] } : undefined;
}

/** The nearest step of that id inside a value; steps inside other steps are not its own. */
function stepIn(node: Json | undefined, id: string): At | undefined {
  const next: At[] = [{ node, place: [] }];
  for (let at = next.shift(); at !== undefined; at = next.shift()) {
    const { node: value, place } = at;
    if (isList(value)) {
      for (const [index, item] of value.entries()) {
        if (textField(item, 'id') === id) return { node: item, place: [...place, index] };
        if (textField(item, 'id') === undefined) next.push({ node: item, place: [...place, index] });
      }
    } else if (isObject(value)) {
      for (const [key, field] of Object.entries(value)) next.push({ node: field, place: [...place, key] });
    }
  }
  return undefined;
}

/** A branch, or the handlers of a workflow. */
function fieldIn(node: Json | undefined, name: string): At | undefined {
  for (const around of [undefined, 'parallel']) {
    const holder = around === undefined ? node : fieldOf(node, around);
    const field = fieldOf(holder, name);
    if (field !== undefined) return { node: field, place: around === undefined ? [name] : [around, name] };
  }
  return undefined;
}

function linesOf(source: string, start: number, end: number): string {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const to = source.indexOf('\n', Math.max(start, end - 1));
  const lines = source
    .slice(from, to === -1 ? source.length : to)
    .slice(0, mostCharacters)
    .trimEnd()
    .split('\n')
    .slice(0, mostLines);
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(shared)).join('\n');
}
