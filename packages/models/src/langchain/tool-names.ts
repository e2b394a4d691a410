import type { ToolOffer } from '@telos/core';

/**
 * Tool names as providers accept them. Ours may hold dots (`web.search`); theirs
 * hold letters, digits, `_` and `-`, at most 64 of them.
 */
export type ToolNames = {
  toWire(name: string): string;
  /** A name that was never offered is given back as it came. */
  fromWire(wire: string): string;
};

export function createToolNames(offers: readonly ToolOffer[]): ToolNames {
  const wires = new Map<string, string>();
  const names = new Map<string, string>();
  const toWire = (name: string): string => {
    const known = wires.get(name);
    if (known !== undefined) return known;
    const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
    let wire = plain;
    for (let n = 2; names.has(wire); n += 1) wire = `${plain}_${n}`;
    wires.set(name, wire);
    names.set(wire, name);
    return wire;
  };
  for (const { name } of offers) toWire(name);
  return { toWire, fromWire: (wire) => names.get(wire) ?? wire };
}
