/**
 * From YAML nodes to JSON, refusing what JSON cannot hold instead of bending
 * it: maps as keys (the usual sign of unquoted braces), infinities, integers
 * that would lose digits, and anchors that unfold into something huge.
 */
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Json } from '@telos/core';
import type { Place } from '../text/place.ts';
import type { SourceFault } from './source-fault.ts';

const most = { values: 500_000, depth: 100, aliases: 200 } as const;

class TooLarge extends Error {}

export function jsonOfDocument(
  document: Document.Parsed,
  text: string,
  bracesHint: string,
): { readonly value: Json; readonly faults: readonly SourceFault[] } {
  const faults: SourceFault[] = [];
  const open = new Set<unknown>();
  /** What each alias means from here on: anchors are met in the order of the text. The parser's own search begins anew for each. */
  const anchors = new Map<string, Node>();
  let values = 0;
  let aliases = 0;

  function convert(node: unknown, place: Place): Json {
    if (++values > most.values) throw new TooLarge(`it holds more than ${most.values} values`);
    if (place.length > most.depth) throw new TooLarge(`it is nested more than ${most.depth} deep`);
    if (isNode(node)) meet(node);
    if (isScalar(node)) return scalar(node.value, place);
    if (isAlias(node)) return alias(anchors.get(node.source), node.source, place);
    if (isSeq(node)) return node.items.map((item, index) => convert(item, [...place, index]));
    if (!isMap(node)) return null;
    const map: { [key: string]: Json } = {};
    const written = new Set<string>();
    for (const { key, value } of node.items) {
      if (isMap(key) || isSeq(key)) return keyIsMap(node, place);
      if (isNode(key)) meet(key);
      const name = isScalar(key) ? String(key.value) : isAlias(key) ? key.source : '';
      if (written.has(name)) faults.push(standsTwice(key, name));
      written.add(name);
      const converted = convert(value, [...place, name]);
      if (name === '__proto__')
        Object.defineProperty(map, name, { value: converted, enumerable: true, configurable: true, writable: true });
      else map[name] = converted;
    }
    return map;
  }

  function meet(node: Node): void {
    if ('anchor' in node && typeof node.anchor === 'string' && open.size === 0) anchors.set(node.anchor, node);
  }

  function scalar(value: unknown, place: Place): Json {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'number') return null; // the core schema makes nothing else
    if (Number.isFinite(value) && (!Number.isInteger(value) || Math.abs(value) < 2 ** 53)) return value;
    const message = Number.isFinite(value)
      ? 'this number has more digits than a number can hold'
      : 'JSON has no infinite numbers and no NaN';
    faults.push({ code: 'INVALID_VALUE', place, message, hint: 'put quotes around it to make it text' });
    return 0;
  }

  function alias(target: Node | undefined, name: string, place: Place): Json {
    if (++aliases > most.aliases) throw new TooLarge(`it has more than ${most.aliases} aliases`);
    if (target === undefined || open.has(target)) {
      faults.push({
        code: 'YAML_SYNTAX',
        place,
        message: `the alias \`*${name}\` refers to ${target === undefined ? 'nothing' : 'itself'}`,
      });
      return null;
    }
    open.add(target);
    const value = convert(target, place);
    open.delete(target);
    return value;
  }

  function standsTwice(key: unknown, name: string): SourceFault {
    const offset = (isScalar(key) || isAlias(key) ? key.range?.[0] : undefined) ?? 0;
    return { code: 'DUPLICATE_KEY', place: [], offset, message: `the key \`${name}\` stands twice in this map` };
  }

  /** Goes on with the text as the author meant it, so that one slip makes one fault. */
  function keyIsMap(node: Node, place: Place): Json {
    faults.push({
      code: 'WRONG_TYPE',
      place,
      message: 'a map cannot have a map or a list as its key',
      hint: bracesHint,
    });
    return node.range === null || node.range === undefined
      ? ''
      : text.slice(node.range[0], node.range[1]).replaceAll('${{', '');
  }

  try {
    return { value: convert(document.contents, []), faults };
  } catch (error) {
    if (!(error instanceof TooLarge) && !(error instanceof RangeError)) throw error;
    const message = error instanceof TooLarge ? error.message : 'it is nested too deeply';
    return { value: null, faults: [...faults, { code: 'YAML_SYNTAX', place: [], message }] };
  }
}
