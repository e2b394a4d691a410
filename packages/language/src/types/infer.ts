/**
 * The type of an expression, from the types of the names in it.
 *
 * It follows the run: an operator, a function or a field that fails for every
 * value of its operands' types gives `never` and is noted as trouble; what
 * `&&`, `||`, a branch of `?:` or an empty list may get around leaves the whole
 * with a type all the same. So an expression of type `never` fails whatever
 * the values are, and trouble in any other fails only when it is reached.
 */
import { takenNames } from '../cel/environment.ts';
import { isNode } from '../cel/syntax-tree.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { fieldOfValue, itemOfValue, nameOfKey, presence } from './access.ts';
import { callOf } from './calls.ts';
import { compared } from './comparing.ts';
import { join } from './join.ts';
import { kindsFor, resultOf } from './operators.ts';
import { pairHint } from './pair-hint.ts';
import type { Looking, Trouble } from './trouble.ts';
import {
  anyValue,
  isNever,
  listOf,
  mapOf,
  never,
  nothing,
  number,
  ofKind,
  oneOf,
  restrictedTo,
  text,
  truth,
} from './type.ts';
import type { Field, Type } from './type.ts';
import { wordsOf } from './words.ts';

/** The types of root names; what is not in scope is reported elsewhere, and may be anything here. */
export type TypeOfName = (name: string) => Type;

export type Inferred = { readonly type: Type; readonly troubles: readonly Trouble[] };

type Walk = Looking & { of(node: SyntaxNode, names: TypeOfName): Type };

export function inferType(source: string, root: SyntaxNode, names: TypeOfName): Inferred {
  const troubles: Trouble[] = [];
  const walk: Walk = {
    written: (node) => source.slice(node.start, node.end),
    fails(offset, message, hint) {
      troubles.push({ offset, message, hint, what: 'fails' });
      return never;
    },
    odd: (offset, message, hint) => void troubles.push({ offset, message, hint, what: 'odd' }),
    of: (node, names) => typeOfNode(node, names, walk),
  };
  const type = walk.of(root, names);
  // What fails without anything to say about it is not for this file to judge.
  const isSilent = isNever(type) && troubles.every(({ what }) => what === 'odd');
  return { type: isSilent ? anyValue : type, troubles };
}

function typeOfNode(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const { op, args } = node;
  if (op.startsWith('meter') && isNode(args)) return walk.of(args, names);
  if (op === 'value') return typeOfLiteral(args);
  if (op === 'id') return typeof args === 'string' && !takenNames.has(args) ? names(args) : anyValue;
  if (!Array.isArray(args)) return typeOfUnary(node, names, walk);
  switch (op) {
    case '.':
    case '[]':
      return typeOfAccess(node, names, walk);
    case 'call':
    case 'rcall':
      return typeOfCall(node, names, walk);
    case '?:':
      return typeOfChoice(node, names, walk);
    case '&&':
    case '||':
      return typeOfLogic(node, names, walk);
    case 'list': {
      const items = nodesIn(args).map((item) => walk.of(item, names));
      return items.some(isNever) ? never : listOf(join(items));
    }
    case 'map':
      return typeOfMap(args, names, walk);
    default:
      return typeOfPair(node, names, walk);
  }
}

function typeOfLiteral(value: unknown): Type {
  if (typeof value === 'string') return oneOf([value]);
  if (typeof value === 'bigint') return ofKind('int');
  if (typeof value === 'number') return number;
  if (typeof value === 'boolean') return truth;
  if (value === null) return nothing;
  if (typeof value !== 'object') return anyValue;
  if (value instanceof Uint8Array) return ofKind('bytes');
  // CEL's unsigned integers are objects that hold a bigint.
  return typeof value.valueOf() === 'bigint' ? ofKind('uint') : anyValue;
}

function typeOfUnary({ op, args, start }: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const allowed = kindsFor(op);
  if (!isNode(args) || allowed === undefined) return anyValue;
  const operand = walk.of(args, names);
  if (isNever(operand)) return never;
  const left = restrictedTo(operand, allowed);
  if (!isNever(left)) return left;
  const wants = op === '!_' ? 'true or false' : 'a number';
  return walk.fails(start, `\`${op[0] ?? ''}\` takes ${wants}, and \`${walk.written(args)}\` is ${wordsOf(operand)}`);
}

function typeOfAccess(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const [left, key] = node.args as [SyntaxNode, unknown]; // the library's shape of an access
  const value = walk.of(left, names);
  if (typeof key === 'string') return isNever(value) ? never : fieldOfValue(value, key, { node, left, key }, walk);
  if (!isNode(key)) return anyValue;
  const index = walk.of(key, names);
  if (isNever(value) || isNever(index)) return never;
  return itemOfValue(value, index, { node, left, key: nameOfKey(key) }, walk);
}

function typeOfChoice(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const [condition, ...branches] = nodesIn(node.args);
  if (condition === undefined) return anyValue;
  const asked = mustBeTruth(condition, walk.of(condition, names), walk);
  const given = join(branches.map((branch) => walk.of(branch, names)));
  return asked ? given : never;
}

/** An error on one side is forgotten when the other side decides. */
function typeOfLogic(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const sides = nodesIn(node.args).map((side) => mustBeTruth(side, walk.of(side, names), walk));
  return sides.some(Boolean) ? truth : never;
}

function mustBeTruth(node: SyntaxNode, type: Type, walk: Walk): boolean {
  if (isNever(type)) return false;
  if (type.kinds.has('bool')) return true;
  walk.fails(node.start, `\`${walk.written(node)}\` must be true or false here, and is ${wordsOf(type)}`);
  return false;
}

function typeOfPair(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const { op } = node;
  const [one, other] = nodesIn(node.args);
  if (one === undefined || other === undefined) return anyValue;
  const [left, right] = [walk.of(one, names), walk.of(other, names)];
  if (isNever(left) || isNever(right)) return never;
  if (op === '==' || op === '!=') return compared(node, left, right, walk);
  if (op === 'in') {
    if (right.kinds.has('list') || right.kinds.has('map')) return truth;
    const message = `\`in\` looks into a list or a map, and \`${walk.written(other)}\` is ${wordsOf(right)}`;
    const hint = right.kinds.has('string') ? `write ${walk.written(other)}.contains(${walk.written(one)})` : undefined;
    return walk.fails(other.start, message, hint);
  }
  const kinds = resultOf(op, left.kinds, right.kinds);
  if (kinds === undefined) return anyValue;
  if (kinds.size === 0) {
    const sides = [left, right] as const;
    const hint = pairHint(op, sides, [walk.written(one), walk.written(other)]);
    return walk.fails(node.start, `\`${op}\` does not take ${wordsOf(left)} and ${wordsOf(right)}`, hint);
  }
  const isKnown = kinds.has('list') && left.items !== undefined && right.items !== undefined;
  return isKnown ? { kinds, items: join([left.items, right.items]) } : { kinds };
}

/** Names that CEL drops from a map that is written down. */
const dropped: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function typeOfMap(entries: readonly unknown[], names: TypeOfName, walk: Walk): Type {
  const fields = new Map<string, Field>();
  const others: Type[] = [];
  let fails = false;
  for (const entry of entries) {
    const [key, value] = nodesIn(entry);
    if (key === undefined || value === undefined) return anyValue;
    const [keyType, type] = [walk.of(key, names), walk.of(value, names)];
    fails ||= isNever(keyType) || isNever(type);
    const name = nameOfKey(key);
    if (name === undefined) others.push(type);
    else if (!dropped.has(name)) fields.set(name, { type, optional: false });
  }
  if (fails) return never;
  if (others.length === 0) return mapOf(fields);
  // A key that is worked out may be any of the names.
  return mapOf(new Map(), join([...others, ...[...fields.values()].map(({ type }) => type)]));
}

function typeOfCall(node: SyntaxNode, names: TypeOfName, walk: Walk): Type {
  const isMethod = node.op === 'rcall';
  const [name, first, second] = node.args as [string, unknown, unknown]; // the library's shape of a call
  const given = nodesIn(isMethod ? second : first);
  const receiver = isMethod && isNode(first) ? first : undefined;
  if (node.meta.macro !== undefined) return typeOfMacro(name, receiver, given, names, walk);
  if (node.meta.alternate !== undefined && receiver !== undefined)
    return typeOfLoop(node, name, receiver, given, names, walk);
  const all = [...(receiver === undefined ? [] : [receiver]), ...given].map((operand) => ({
    node: operand,
    type: walk.of(operand, names),
  }));
  if (all.some(({ type }) => isNever(type))) return never;
  return callOf(node, name === 'matchesLinear' ? 'matches' : name, isMethod, all, walk);
}

/** `has(a.b.c)` and `cel.bind(name, value, body)`. */
function typeOfMacro(
  name: string,
  receiver: SyntaxNode | undefined,
  given: readonly SyntaxNode[],
  names: TypeOfName,
  walk: Walk,
): Type {
  const [first, value, body] = given;
  if (name === 'has' && receiver === undefined && first !== undefined) {
    const [left, key] = first.args as [unknown, unknown]; // `has` takes an access and nothing else
    if (!isNode(left) || typeof key !== 'string') return truth;
    const holder = walk.of(left, names);
    if (isNever(holder)) return never;
    presence(holder, key, { node: first, left, key }, walk);
    return truth;
  }
  if (name !== 'bind' || first === undefined || value === undefined || body === undefined) return anyValue;
  const bound = walk.of(value, names);
  return isNever(bound) ? never : walk.of(body, withName(names, first, bound));
}

/** Kinds that a macro walks through as it does through a map; what their keys are is not looked into. */
const walkable = ['bytes', 'timestamp', 'duration', 'type'] as const;

function typeOfLoop(
  node: SyntaxNode,
  name: string,
  receiver: SyntaxNode,
  given: readonly SyntaxNode[],
  names: TypeOfName,
  walk: Walk,
): Type {
  const over = walk.of(receiver, names);
  if (isNever(over)) return never;
  const items = [
    ...(over.kinds.has('list') ? [over.items ?? anyValue] : []),
    ...(over.kinds.has('map') ? [text] : []),
    ...(walkable.some((kind) => over.kinds.has(kind)) ? [anyValue] : []),
  ];
  if (items.length === 0) {
    const message = `\`${name}\` walks through a list or a map, and \`${walk.written(receiver)}\` is ${wordsOf(over)}`;
    return walk.fails(node.start, message);
  }
  const item = join(items);
  const [variable, ...rest] = given;
  if (variable === undefined) return anyValue;
  const inner = withName(names, variable, item);
  const types = rest.map((part) => walk.of(part, inner));
  const asks = name === 'map' ? rest.slice(0, -1) : rest;
  asks.forEach((condition, index) => mustBeTruth(condition, types[index] ?? anyValue, walk));
  if (name === 'map') return listOf(types.at(-1) ?? anyValue);
  return name === 'filter' ? listOf(item) : truth;
}

function withName(names: TypeOfName, variable: SyntaxNode, type: Type): TypeOfName {
  return (name) => (name === variable.args ? type : names(name));
}

function nodesIn(value: unknown): readonly SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
