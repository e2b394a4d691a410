import { compiledProgram } from '@telos/api/runs';
import type { Beside, ProgramInHand } from '@telos/api/runs';
import type { Experiment, Variant } from '@telos/language';
import type { Engine } from '../compose/engine.ts';

export type ProgramOf = { readonly inHand: ProgramInHand; readonly beside: Beside };

/**
 * The program of each variant, by its name.
 *
 * @param place Where a variant's workflow stands, and what is found beside it.
 */
export async function programsOf(
  engine: Engine,
  { variants }: Pick<Experiment, 'variants'>,
  place: (variant: Variant) => { readonly file: string; readonly beside: Beside },
): Promise<ReadonlyMap<string, ProgramOf>> {
  const found = new Map<string, ProgramOf>();
  for (const variant of variants) {
    const { name, source, readFile } = variant;
    const { file, beside } = place(variant);
    const more = readFile === undefined ? {} : { readFile };
    found.set(name, { inHand: await compiledProgram(engine, { source, file, ...more }), beside });
  }
  return found;
}
