import { TelosError } from '@telos/core';
import type { AnyTool } from '@telos/core';

export type Tools = ReadonlyMap<string, AnyTool>;

/**
 * The tools of a catalogue that a list of names allows. `*` stands for any characters: `web.*`, `*.read`, `*`. What is denied is allowed by none of them.
 * @throws TelosError PLAN_REQUEST_INVALID when none of them is in the catalogue.
 */
export function allowedTools(tools: Tools, globs: readonly string[], denied: readonly string[] = []): Tools {
  const patterns = globs.map(patternOf);
  const refused = denied.map(patternOf);
  const named = [...tools].filter(([name]) => patterns.some((fits) => fits(name)));
  const allowed = new Map(named.filter(([name]) => !refused.some((fits) => fits(name))));
  if (allowed.size > 0) return allowed;
  throw new TelosError(
    'PLAN_REQUEST_INVALID',
    `No tool here is named by ${globs.join(', ')}${denied.length === 0 ? '' : `, less ${denied.join(', ')} that the workflow denies`}.`,
    {
      next: 'List the tools with `telos tools`.',
      details: { tools: [...globs] },
    },
  );
}

/** By pieces between stars, each looked for after the one before: linear, whatever the glob. */
function patternOf(glob: string): (name: string) => boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let from = first.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, from);
      if (found === -1) return false;
      from = found + piece.length;
    }
    return from <= name.length - last.length;
  };
}
