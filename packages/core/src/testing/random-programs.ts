/** Random programs: blocks within blocks, edges of every shape, policies of every kind. */
import * as fc from 'fast-check';
import type { Hash } from '../ids.ts';
import type { AgentTool, Program, Remedy, Step } from '../program/program.ts';
import { gateOf, programOf, retryOf } from './programs.ts';

/** A program and the plans that its plan blocks accept, by hash. */
export type PlannedProgram = { readonly program: Program; readonly plans: ReadonlyMap<Hash, Program> };

type Body =
  | { readonly kind: 'action' }
  | {
      readonly kind: 'foreach';
      readonly maxParallel: number;
      readonly onItemError: 'collect' | 'skip' | 'fail';
      readonly list: RawList;
    }
  | { readonly kind: 'parallel'; readonly lists: readonly RawList[] }
  | { readonly kind: 'switch'; readonly lists: readonly RawList[] }
  | { readonly kind: 'plan'; readonly list: RawList }
  | { readonly kind: 'loop'; readonly max: number; readonly list: RawList }
  | { readonly kind: 'agent'; readonly max: number; readonly helps: boolean }
  | { readonly kind: 'wait' }
  | { readonly kind: 'approve' };

type RawStep = {
  readonly body: Body;
  /** Positions of predecessors as bits; undefined: the step before. */
  readonly needs: number | undefined;
  readonly tolerant: boolean;
  readonly tries: number;
  readonly remedies: readonly Remedy[] | undefined;
  readonly undone: boolean;
};
type RawList = readonly RawStep[];

const remedy: fc.Arbitrary<Remedy> = fc.oneof(
  fc.record({ do: fc.constant('repair' as const), times: fc.integer({ min: 1, max: 2 }) }),
  fc.constant({ do: 'escalate' as const, model: 'openai/large' }),
  fc.constant({ do: 'fallback' as const, value: 'fallback' }),
);

const { list } = fc.letrec<{ list: RawList; body: Body }>((tie) => ({
  list: fc.array(
    fc.record({
      body: tie('body'),
      needs: fc.option(fc.nat(15), { nil: undefined }),
      tolerant: fc.boolean(),
      tries: fc.integer({ min: 1, max: 3 }),
      remedies: fc.option(fc.array(remedy, { maxLength: 2 }), { nil: undefined }),
      undone: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  body: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant({ kind: 'action' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('foreach' as const),
        maxParallel: fc.integer({ min: 1, max: 3 }),
        onItemError: fc.constantFrom('collect' as const, 'skip' as const, 'fail' as const),
        list: tie('list'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('parallel' as const),
        lists: fc.array(tie('list'), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('switch' as const),
        lists: fc.array(tie('list'), { minLength: 1, maxLength: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('plan' as const), list: tie('list') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('loop' as const),
        max: fc.integer({ min: 1, max: 3 }),
        list: tie('list'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('agent' as const),
        max: fc.integer({ min: 1, max: 3 }),
        helps: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'approve' as const }) },
  ),
}));

export const randomProgram: fc.Arbitrary<PlannedProgram> = fc
  .record({ own: list, caught: fc.option(list, { nil: undefined }), last: fc.option(list, { nil: undefined }) })
  .map(({ own, caught, last }) => {
    const plans = new Map<Hash, Program>();
    const program = {
      ...programOf(...stepsOf(own, plans)),
      ...(caught === undefined ? {} : { catch: [{ match: 'any' as const, steps: stepsOf(caught, plans) }] }),
      ...(last === undefined ? {} : { finally: { steps: stepsOf(last, plans) } }),
    };
    return { program, plans };
  });

const look: AgentTool = { name: 'look', uses: 'transform' };

/** An agent that another may call. */
const helper: AgentTool = {
  name: 'help',
  description: 'Helps.',
  agent: { reads: [], instructions: '', model: 'auto', tools: [look], maxTurns: 2 },
};

function stepsOf(raw: RawList, plans: Map<Hash, Program>): readonly Step[] {
  return raw.map((step, index): Step => {
    const before = (position: number) => position < index;
    const positions =
      step.needs === undefined ? [index - 1] : [0, 1, 2, 3].filter((bit) => ((step.needs ?? 0) >> bit) & 1);
    const policies = {
      id: `s${index}`,
      after: positions.filter((position) => position >= 0 && before(position)).map((position) => `s${position}`),
      reads: [],
      onError: step.tolerant ? ('continue' as const) : ('fail' as const),
      ...(step.tries === 1 ? {} : { retry: retryOf(step.tries) }),
      ...(step.remedies === undefined ? {} : { gate: gateOf(...step.remedies) }),
    };
    const { body } = step;
    switch (body.kind) {
      case 'action': {
        const undo = { uses: 'transform', with: {}, reads: [] };
        return {
          ...policies,
          kind: 'action',
          uses: 'transform',
          with: {},
          ...(step.undone ? { compensate: undo } : {}),
        };
      }
      case 'loop':
        return {
          ...policies,
          kind: 'loop',
          state: {},
          max: body.max,
          next: {},
          nextReads: [],
          steps: stepsOf(body.list, plans),
        };
      case 'agent':
        return {
          ...policies,
          kind: 'agent',
          instructions: '',
          input: null,
          model: 'auto',
          tools: [look, ...(body.helps ? [helper] : [])],
          maxTurns: body.max,
          turnRetry: retryOf(step.tries),
        };
      case 'wait':
        return { ...policies, kind: 'wait', wait: { for: 'duration', ms: 1000 } };
      case 'approve':
        return { ...policies, kind: 'approve', who: [], show: null, onTimeout: 'fail' };
      case 'foreach':
        return {
          ...policies,
          kind: 'foreach',
          items: [],
          as: 'item',
          maxParallel: body.maxParallel,
          onItemError: body.onItemError,
          yieldReads: [],
          steps: stepsOf(body.list, plans),
        };
      case 'parallel':
        return {
          ...policies,
          kind: 'parallel',
          branches: Object.fromEntries(body.lists.map((steps, branch) => [`b${branch}`, stepsOf(steps, plans)])),
        };
      case 'switch':
        return { ...policies, kind: 'switch', cases: body.lists.map((steps) => ({ steps: stepsOf(steps, plans) })) };
      case 'plan': {
        const steps = stepsOf(body.list, plans);
        const hash = `plan${plans.size}`;
        plans.set(hash, programOf(...steps));
        return { ...policies, kind: 'plan', with: { hash } };
      }
    }
  });
}
