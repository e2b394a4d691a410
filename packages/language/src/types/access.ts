/** Fields and items: what `a.b`, `a["b"]` and `a[0]` give, and where there is nothing to give. */
import { isNode } from '../cel/syntax-tree.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { suggestion } from '../text/nearest.ts';
import type { Looking } from './trouble.ts';
import { join } from './join.ts';
import { anyValue, fieldIn, isOnly } from './type.ts';
import type { Kind, Type } from './type.ts';
import { wordsOf } from './words.ts';

/** The access, what it looks into, and the key when it is written down. */
export type Access = { readonly node: SyntaxNode; readonly left: SyntaxNode; readonly key: string | undefined };

/** Kinds whose inside the library looks into in ways of its own. */
const unjudged: readonly Kind[] = ['bytes', 'timestamp', 'duration', 'type'];

/** `value.name`. */
export function fieldOfValue(value: Type, name: string, access: Access, looking: Looking): Type {
  const found: Type[] = unjudged.some((kind) => value.kinds.has(kind)) ? [anyValue] : [];
  const field = value.kinds.has('map') ? fieldIn(value, name) : undefined;
  if (field !== undefined) {
    found.push(field.type);
    doubtSpelling(value, name, access, looking);
  }
  return found.length > 0 ? join(found) : missing(value, name, access, looking);
}

/** A schema may leave room for more fields than it names; one that is named almost so was meant. */
function doubtSpelling({ shape }: Type, name: string, access: Access, looking: Looking): void {
  if (shape === undefined || shape.fields.get(name) !== undefined) return;
  const hint = suggestion(name, shape.fields.keys());
  if (hint !== undefined)
    looking.odd(fieldStart(access), `\`${looking.written(access.left)}\` declares no \`${name}\``, hint);
}

/** `value[index]`. */
export function itemOfValue(value: Type, index: Type, access: Access, looking: Looking): Type {
  const found: Type[] = unjudged.some((kind) => value.kinds.has(kind)) ? [anyValue] : [];
  if (value.kinds.has('list') && (index.kinds.has('int') || index.kinds.has('double')))
    found.push(value.items ?? anyValue);
  if (value.kinds.has('map')) found.push(...fieldsNamed(value, index, access));
  if (found.length > 0) return join(found);
  if (access.key !== undefined && value.kinds.has('map')) return missing(value, access.key, access, looking);
  const { left, node } = access;
  const holder = `\`${looking.written(left)}\` is ${wordsOf(value)}`;
  if (isOnly(value, 'list'))
    return looking.fails(node.start, `${holder}, and its items are counted from 0: ${wordsOf(index)} names none`);
  if (isOnly(value, 'map')) return looking.fails(node.start, `${holder} without fields`);
  return looking.fails(node.start, `${holder} and has no items`);
}

function fieldsNamed(value: Type, index: Type, { key }: Access): readonly Type[] {
  const { shape } = value;
  if (shape === undefined) return [anyValue];
  const names =
    key !== undefined ? [key] : isOnly(index, 'string') && index.texts !== undefined ? index.texts : undefined;
  if (names !== undefined) return [...names].flatMap((name) => fieldIn(value, name)?.type ?? []);
  const all = [...shape.fields.keys()].flatMap((name) => shape.fields.get(name)?.type ?? []);
  return shape.rest === undefined ? all : [...all, shape.rest];
}

/** `has(value.name)`: only a map can have it. */
export function presence(value: Type, name: string, access: Access, looking: Looking): void {
  if (unjudged.some((kind) => value.kinds.has(kind))) return;
  if (value.kinds.has('map') && fieldIn(value, name) !== undefined) return;
  const message = `\`${looking.written(access.left)}\` never has \`${name}\`: this is always false`;
  looking.odd(fieldStart(access), message, namesHint(value, name));
}

function missing(value: Type, name: string, access: Access, looking: Looking): Type {
  const holder = looking.written(access.left);
  if (value.kinds.has('map'))
    return looking.fails(fieldStart(access), `\`${holder}\` has no \`${name}\``, namesHint(value, name));
  const { items } = value;
  if (value.kinds.has('list')) {
    const inItems =
      items !== undefined && items.kinds.has('map') && items.shape !== undefined && fieldIn(items, name) !== undefined;
    const hint = inItems ? `write ${holder}[0].${name}, or ${holder}.map(x, x.${name})` : sizeHint(holder, name);
    return looking.fails(fieldStart(access), `\`${holder}\` is a list and has no field \`${name}\``, hint);
  }
  const message = `\`${holder}\` is ${wordsOf(value)} and has no field \`${name}\``;
  return looking.fails(fieldStart(access), message, value.kinds.has('string') ? sizeHint(holder, name) : undefined);
}

function sizeHint(holder: string, name: string): string | undefined {
  return name === 'length' || name === 'size' ? `write size(${holder})` : undefined;
}

function namesHint({ shape }: Type, name: string): string | undefined {
  const names = [...(shape?.fields.keys() ?? [])];
  if (names.length === 0) return undefined;
  return suggestion(name, names) ?? `it has ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' ...' : ''}`;
}

/** Where the name of the field stands; of an index, where the whole begins. */
function fieldStart({ node, key }: Access): number {
  return node.op === '.' && key !== undefined ? node.end - key.length : node.start;
}

/** The name that a key is, when it is written down. */
export function nameOfKey(key: SyntaxNode): string | undefined {
  if (key.op.startsWith('meter') && isNode(key.args)) return nameOfKey(key.args);
  if (key.op !== 'value') return undefined;
  return typeof key.args === 'string' || typeof key.args === 'bigint' ? String(key.args) : undefined;
}
