import { anyJson, TelosError } from '@telos/core';
import type { AnyTool } from '@telos/core';

export function unknownTool(name: string): TelosError {
  return new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${name}.`);
}

/** Stands for a tool that is not here, where what its call gave is: it is not called, and gives what nobody trusts. */
export function absentTool(name: string): AnyTool {
  return {
    name,
    description: 'It is not here.',
    input: anyJson,
    output: anyJson,
    effect: 'irreversible',
    returns: ['untrusted', 'private'],
    idempotent: false,
    run: () => Promise.reject(unknownTool(name)),
  };
}
