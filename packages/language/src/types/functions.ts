/**
 * Which functions there are, what each takes and gives: read from the
 * environment itself, so that what is declared there is known here.
 */
import { celEnvironment } from '../cel/environment.ts';
import { anyJson, anyValue, listOf, ofKind, text } from './type.ts';
import type { Kind, Type } from './type.ts';

export type Overload = {
  /** Undefined for a function that is called without one, and where anything will do. */
  readonly receiver: Kind | undefined;
  /** Undefined where anything will do. */
  readonly parameters: readonly (Kind | undefined)[];
  readonly result: Type;
};

const named: { readonly [celName: string]: Kind } = {
  null: 'null',
  bool: 'bool',
  int: 'int',
  uint: 'uint',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
  type: 'type',
  list: 'list',
  map: 'map',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
};

let known: ReadonlyMap<string, readonly Overload[]> | undefined;

/** The overloads of a function, or of a method, with so many arguments. */
export function overloadsOf(name: string, isMethod: boolean, count: number): readonly Overload[] {
  known ??= readOverloads();
  return known.get(keyOf(name, isMethod, count)) ?? [];
}

function readOverloads(): ReadonlyMap<string, readonly Overload[]> {
  const all = new Map<string, Overload[]>();
  for (const { name, receiverType, returnType, params } of celEnvironment().getDefinitions().functions) {
    const key = keyOf(name, receiverType !== null, params.length);
    const overload = {
      receiver: receiverType === null ? undefined : kindOf(receiverType),
      parameters: params.map(({ type }) => kindOf(type)),
      result: typeOf(returnType),
    };
    all.set(key, [...(all.get(key) ?? []), overload]);
  }
  return all;
}

function keyOf(name: string, isMethod: boolean, count: number): string {
  return `${isMethod ? '.' : ''}${name}/${count}`;
}

/** By the run's choice of an overload: it looks at what a list holds only where the list holds something. */
function kindOf(celName: string): Kind | undefined {
  return named[celName.replace(/<.*$/, '')];
}

function typeOf(celName: string): Type {
  if (celName === 'list<string>') return listOf(text);
  if (celName === 'map<dyn, dyn>') return { ...anyJson, kinds: ofKind('map').kinds };
  const kind = kindOf(celName);
  return kind === undefined ? anyValue : ofKind(kind);
}
