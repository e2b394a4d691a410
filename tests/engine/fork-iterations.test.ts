/** Forks that begin inside a list or a loop: only that iteration is done again, and its effects as the fork is told. */
import { forkOf, isForkRefusal } from '@telos/core';
import type { Fork, Json, Program, RunEvent, RunId } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { compile } from '@telos/language';
import { outputsOf, toolOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createFleet } from './fleet.ts';

const fleet = createFleet();
const { engineOf } = fleet;

/** Numbers its effects, so that one that is had again is told from the first. */
function tools(log: string[]): NonNullable<EngineOptions['tools']> {
  let sent = 0;
  return {
    look: (input, { path }) => (log.push(`look ${path}`), input['v'] ?? null),
    send: {
      effect: 'irreversible',
      run: async (_: unknown, { path }: { readonly path: string }) => (log.push(`send ${path}`), (sent += 1)),
    },
  };
}

const body = (more: string): string =>
  `[{ id: a, uses: look, with: { v: 1 } }, { id: b, uses: send${more} }, { id: c, uses: look, with: { v: "\${{ steps.b.output }}" } }]`;

type Case = {
  readonly yaml: (more: string) => string;
  readonly from: string;
  readonly effect: string;
  /** Steps that are done again, but for the effects. */
  readonly reads: readonly string[];
  readonly sends: readonly string[];
  /** What the first run gives, and the fork: effects count from 1. */
  readonly first: Json;
  readonly live: Json;
};

const workflow = (steps: string, out: string): string =>
  `telos: 1\nid: t\nsteps:\n  - ${steps}\noutputs: { out: "\${{ ${out} }}" }`;

const cases: readonly (readonly [string, Case])[] = [
  [
    'an item of a list',
    {
      yaml: (more) =>
        workflow(`{ id: e, foreach: "\${{ [1, 2, 3] }}", max_parallel: 1, steps: ${body(more)} }`, 'steps.e.output'),
      from: 'e[1].b',
      effect: 'e[1].b',
      reads: ['e[1].c'],
      sends: ['e[1].b'],
      first: [1, 2, 3],
      live: [1, 4, 3],
    },
  ],
  [
    'a round of a loop',
    {
      yaml: (more) =>
        workflow(
          `{ id: l, loop: { max: 3, state: { all: [] }, next: { all: "\${{ state.all + [steps.c.output] }}" } }, steps: ${body(more)} }`,
          'steps.l.output.state.all',
        ),
      from: 'l#2.b',
      effect: 'l#2.b',
      reads: ['l#2.c', 'l#3.a', 'l#3.c'],
      sends: ['l#2.b', 'l#3.b'],
      first: [1, 2, 3],
      live: [1, 4, 5],
    },
  ],
  [
    'an item in a round',
    {
      yaml: (more) =>
        workflow(
          `{ id: l, loop: { max: 2, state: { all: [] }, next: { all: "\${{ state.all + [steps.e.output] }}" } }, steps: [{ id: e, foreach: "\${{ [1, 2] }}", max_parallel: 1, steps: ${body(more)} }] }`,
          'steps.l.output.state.all',
        ),
      from: 'l#2.e[0].b',
      effect: 'l#2.e[0].b',
      reads: ['l#2.e[0].c'],
      sends: ['l#2.e[0].b'],
      first: [
        [1, 2],
        [3, 4],
      ],
      live: [
        [1, 2],
        [5, 4],
      ],
    },
  ],
];

async function forked(engine: Engine, run: RunId, yaml: string, from: string, sideEffects: Fork['sideEffects']) {
  const catalog = { tools: new Map(Object.entries(tools([])).map(([name, act]) => [name, toolOf(name, act)])) };
  const compiled = compile(yaml, { catalog: { ...catalog, checks: new Map() } });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  const program: Program = compiled.compiled.program;
  const events: readonly RunEvent[] = await engine.events(run);
  const plan = forkOf(program, () => undefined, events, { at: engine.clock.now(), from: [from] });
  if (isForkRefusal(plan)) throw new Error(plan.message);
  const fork = { run, from: [...plan.from], sideEffects };
  return engine.ended(await engine.start(yaml, {}, { created: { fork }, events: plan.more }));
}

describe.each([
  ['in the process of the owner', ''],
  ['on another worker', ', queue: far'],
])('a fork whose effects are had %s', (_where, more) => {
  it.each(cases)('does %s again alone, and has, gives or refuses its effect as it is told', async (_, one) => {
    const log: string[] = [];
    const all = tools(log);
    const engine = await engineOf({ tools: all });
    if (more !== '') fleet.keep(await engine.another({ recover: false, owner: 'helper', queues: ['far'] }));
    const yaml = one.yaml(more);
    const run = await engine.start(yaml);
    expect(outputsOf(await engine.ended(run))).toEqual({ out: one.first });
    const told = async (sideEffects: Fork['sideEffects']) => {
      log.length = 0;
      const state = await forked(engine, run, yaml, one.from, sideEffects);
      return { state, log: log.toSorted() };
    };
    const recorded = await told('recorded');
    expect(outputsOf(recorded.state)).toEqual({ out: one.first });
    expect(recorded.log).toEqual(one.reads.map((path) => `look ${path}`));
    const denied = await told('deny');
    expect(denied.state.phase).toMatchObject({ status: 'failed', error: { code: 'EFFECT_DENIED', path: one.effect } });
    expect(denied.log).toEqual([]);
    const live = await told('live');
    expect(outputsOf(live.state)).toEqual({ out: one.live });
    expect(live.log).toEqual(
      [...one.reads.map((path) => `look ${path}`), ...one.sends.map((path) => `send ${path}`)].toSorted(),
    );
  });
});
