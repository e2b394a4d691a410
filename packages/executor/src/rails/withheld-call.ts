import type { ToolCallReport } from '@telos/core';

/** A call without what it gave, which no rail has seen, and without what it was given if that may be what an earlier one gave. */
export function withoutValues(call: ToolCallReport, given: boolean): ToolCallReport {
  const bare = withoutOutput(call);
  return given ? { ...bare, input: null, attributes: { ...bare.attributes, withheld: true } } : bare;
}

/** A call without what it gave, which no rail has seen: it counts, and shows when and how long. */
export function withoutOutput({ output, ...call }: ToolCallReport): ToolCallReport {
  return output === undefined ? call : { ...call, attributes: { ...call.attributes, withheld: true } };
}

/** A call that a rail makes. What it was asked about may yet be replaced; the verdict says what it found. */
export function ofRail({ output: _output, ...call }: ToolCallReport): ToolCallReport {
  return { ...call, input: null, attributes: { ...call.attributes, rail: true, withheld: true } };
}
