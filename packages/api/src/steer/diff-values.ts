/** Where two JSON values differ, place by place. */
import { isJsonObject } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import type { Change, Changes } from '@telos/contract';

const most = 100;

/** @returns undefined when they are equal. A side that is undefined has nothing there. */
export function diffValues(a: Json | undefined, b: Json | undefined): Changes | undefined {
  const changes: Change[] = [];
  let whole = true;

  function walk(path: string, left: Json | undefined, right: Json | undefined): void {
    if (changes.length >= most) {
      whole &&= JSON.stringify(left) === JSON.stringify(right);
      return;
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      for (let index = 0; index < Math.max(left.length, right.length); index++)
        walk(`${path}[${index}]`, left[index], right[index]);
      return;
    }
    if (isJsonObject(left) && isJsonObject(right)) {
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
        walk(path === '' ? key : `${path}.${key}`, own(left, key), own(right, key));
      return;
    }
    if (left === right || JSON.stringify(left) === JSON.stringify(right)) return;
    changes.push({ path, ...(left === undefined ? {} : { a: left }), ...(right === undefined ? {} : { b: right }) });
  }

  walk('', a, b);
  return changes.length === 0 && whole ? undefined : { changes, whole };
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
