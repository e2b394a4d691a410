/** Probing: asking the far side whether a write took effect whose process died in the middle. */
import type { ActionStep, At, Labelling, Payload, Probe, Usage } from '@telos/core';
import { TelosError } from '@telos/core';
import type { Scope } from '@telos/language';
import { unknownTool } from './absent-tool.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { configuredModels } from '@telos/language';
import { labellingOfInput, labellingOfOutput } from '../labels/labelling.ts';
import { leaveFor } from '../labels/leave.ts';
import { railsOf, withholds } from '../rails/rails-of.ts';
import { withoutOutput } from '../rails/withheld-call.ts';
import type { Beside } from '../running/beside.ts';
import type { Attempt } from './preparing.ts';

export type Probing = {
  readonly at: At & { readonly step: ActionStep };
  readonly attempt: number;
  readonly probe: Probe;
  readonly scope: Scope;
};

export type Found =
  | { readonly output: Payload; readonly usage?: Usage; readonly labelling: Labelling }
  | 'not found'
  | 'unknown';

/** Runs the probe once; `unknown` when it fails, or would need a person's leave. */
export function probe(beside: Beside, { at, attempt, probe, scope }: Probing, then: (found: Found) => void): void {
  const { desk } = beside;
  const { path, step, frame } = at;
  const { deps } = desk;
  const context = desk.contexts.of(frame);
  const { linked, rendering } = context;
  const isRailed = withholds(railsOf(desk, step, frame));
  const asked: ActionStep = {
    kind: 'action',
    id: step.id,
    after: [],
    reads: probe.reads,
    onError: 'fail',
    uses: probe.uses,
    with: probe.with,
    ...(step.trust === undefined ? {} : { trust: step.trust }),
  };
  const read = labellingOfInput(desk.state, context, frame, asked);
  const tool = context.tool(probe.uses);
  const { returns, echoes } = tool ?? { returns: [], echoes: undefined };
  const labelling = labellingOfOutput({ step: asked, path, input: read, returns, echoes });
  beside.begin<AttemptResult>({
    path,
    attempt,
    timeoutMs: step.timeoutMs,
    kept: (call) => (isRailed ? withoutOutput(call) : call),
    async run(hooks) {
      if (tool === undefined) throw unknownTool(probe.uses);
      const { input, shown } = rendering.input(asked, scope);
      const privateHosts = deps.privateHosts ?? configuredModels;
      const leave = await leaveFor({ step: asked, tool, context, scope, shown, labelling: read, privateHosts });
      if (leave !== 'given') throw new TelosError('TOOL_DENIED', `The probe of ${path} may not be made unasked.`);
      const idempotencyKey = `${desk.state.id}:${path}:probe`;
      const own: Attempt = {
        path,
        attempt,
        step: asked,
        linked,
        rendering,
        scope,
        idempotencyKey,
        labelling: read,
        sources: () => ({}),
        given: undefined,
        railed: undefined,
        texts: undefined,
        rails: undefined,
        known: {},
      };
      return runAttempt({ attempt: own, tool, input, shown }, { host: desk, mayHave: () => undefined }, hooks);
    },
    onEnd(ended, usage) {
      // What it gave would be the step's output, which its rails have not seen: a person looks.
      if (!('came' in ended && 'output' in ended.came) || isRailed) {
        then('unknown');
        return;
      }
      const { output } = ended.came;
      let found: boolean;
      try {
        found = linked.test(probe.found, { ...scope, output });
      } catch {
        then('unknown');
        return;
      }
      if (!found) then('not found');
      else
        desk.store(output, (payload) =>
          then({ output: payload, labelling, ...(usage === undefined ? {} : { usage }) }),
        );
    },
  });
}
