/** What an experiment's checks say of the outputs of a run: as a gate asks them, all of them. */
import { addUsage, noUsage } from '@telos/core';
import type { CheckVerdict, JsonObject, Usage } from '@telos/core';
import { evaluateGate } from '@telos/executor';
import { configuredModels, judgesMayHave, link } from '@telos/language';
import type { Cell, Experiment } from '@telos/language';
import type { Catalogue } from '../compose/catalogue.ts';

export type Judged = {
  readonly score: number;
  readonly passed: boolean;
  readonly verdicts: readonly CheckVerdict[];
  readonly usage: Usage;
};

/** Never throws but on abort, and for a `subject` that cannot be had: that is an `error` verdict. */
export async function judgeOutputs(
  { checks, subject }: Pick<Experiment, 'checks' | 'subject'>,
  { variant, row, inputs }: Cell,
  outputs: JsonObject,
  { catalog }: Pick<Catalogue, 'catalog'>,
  signal: AbortSignal,
): Promise<Judged> {
  const { program } = variant.compiled;
  const linked = link(program);
  const scope = { inputs: linked.inputs(inputs), outputs, expected: row.expected };
  let output;
  try {
    output = subject === undefined ? outputs : linked.render(subject, scope);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      score: 0,
      passed: false,
      usage: noUsage,
      verdicts: [{ check: 'subject', uses: 'subject', score: 0, verdict: 'error', reason }],
    };
  }
  // What a run gives may be private: its judges are bound as those in it are.
  const { privateHosts = configuredModels } = catalog;
  const mayHave = judgesMayHave([[...privateHosts, ...(program.permissions.hosts ?? [])]]);
  const { score, passed, verdicts } = await evaluateGate(
    { checks, onFail: [] },
    { output, input: scope.inputs, sources: {}, earlier: 0 },
    { checks: catalog.checks, linked, scope, signal, record: () => {}, sharing: undefined, mayHave },
  );
  return { score, passed, verdicts, usage: verdicts.reduce((sum, each) => addUsage(sum, each.usage), noUsage) };
}
