/** The time of a step as a bar of text, on an axis that all steps of the run share. */
import type { Instant } from '@telos/core';
import type { Phase, StepProgress } from './progress.ts';

/** From when the run was created to its end, or to now. */
export type TimeAxis = { readonly from: Instant; readonly to: Instant; readonly cells: number };

const signs: { readonly [D in Phase['does']]: string } = { work: '█', queue: '▒', retry: '╌', person: '░', wait: '┄' };

const words: { readonly [D in Phase['does']]: string } = {
  work: 'at work',
  queue: 'at a rate limit',
  retry: 'before a retry',
  person: 'for a person',
  wait: 'for a time or signal',
};

/** As long as the axis; every step that has begun has at least one cell. */
export function waterfallBar(step: StepProgress, axis: TimeAxis): string {
  const length = Math.max(1, axis.to - axis.from);
  const cellOf = (at: Instant) => Math.floor(Math.max(0, Math.min(1, (at - axis.from) / length)) * axis.cells);
  const first = Math.min(axis.cells - 1, cellOf(step.startedAt));
  const last = Math.max(first + 1, cellOf(step.endedAt ?? axis.to));
  let bar = ' '.repeat(first);
  for (let cell = first; cell < last; cell += 1) {
    const middle = axis.from + ((cell + 0.5) / axis.cells) * length;
    bar += signs[(step.phases.findLast(({ at }) => at <= middle) ?? step.phases[0])?.does ?? 'work'];
  }
  return bar.padEnd(axis.cells);
}

/** What the signs mean, of those that are on the screen; undefined when all of it is work. */
export function waterfallLegend(steps: readonly StepProgress[]): string | undefined {
  const seen = new Set(steps.flatMap(({ phases }) => phases.map(({ does }) => does)));
  seen.add('work');
  if (seen.size === 1) return undefined;
  const told = (['work', 'queue', 'retry', 'person', 'wait'] as const).filter((does) => seen.has(does));
  return told.map((does) => `${signs[does]} ${words[does]}`).join('   ');
}
