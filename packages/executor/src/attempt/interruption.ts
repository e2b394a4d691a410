/** An attempt of which nobody knows how far it came: its process died, or the far side of its call did. */
import { labellingOf, mayRepeat, unlabelled } from '@telos/core';
import type { Did } from '@telos/core';
import type { Beside } from '../running/beside.ts';
import { didOf } from '../labels/effect.ts';
import type { Forking } from './forking.ts';
import { labellingOfOutput } from '../labels/labelling.ts';
import { probe } from './probing.ts';
import { settleSuccess } from './settling.ts';
import type { Interruption } from './settling.ts';

/** It may be made again, or is asked about, or is in doubt. */
export function createInterruption(beside: Beside, forking: Forking): Interruption {
  const { desk } = beside;
  return (at, attempt, error) => {
    const { path, step, frame } = at;
    const { rendering, tool: toolNamed } = desk.contexts.of(frame);
    const reads = step.probe === undefined ? step.reads : [...step.reads, ...step.probe.reads];
    const cause = error === undefined ? {} : { error };
    desk.read({ path, frame, reads }, (scope) => {
      const tool = toolNamed(step.uses);
      // Without its tool nobody can say what it did.
      const did: Did =
        tool === undefined ? { effect: 'irreversible', repeatable: false } : didOf({ step, scope, rendering }, tool);
      const running = desk.state.steps.get(path);
      const input = running !== undefined && 'labels' in running ? labellingOf(running, path) : unlabelled;
      const { returns = [], echoes } = tool ?? {};
      const labelling = labellingOfOutput({ step, path, input, returns, echoes });
      const interrupt = (what: Did): void =>
        void desk.apply({ do: 'interruptStep', at: desk.now(), path, attempt, step, labelling, ...what, ...cause });
      if (forking.withholds(did)) {
        interrupt({ effect: 'read', repeatable: true });
        return;
      }
      if (step.probe === undefined || mayRepeat(did)) {
        interrupt(did);
        return;
      }
      probe(beside, { at, attempt, probe: step.probe, scope }, (found) => {
        if (found === 'unknown') interrupt(did);
        else if (found === 'not found') interrupt({ effect: 'read', repeatable: true });
        else settleSuccess(desk, at, attempt, found.output, { usage: found.usage, labelling: found.labelling });
      });
    });
  };
}
