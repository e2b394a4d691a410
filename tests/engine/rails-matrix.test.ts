/** Every place of a rail, with every action, in both modes, for every verdict: what becomes of the value, and of the call. */
import type { AnyCheck, Json, RailUse, RunEvent, RunState, Verdict } from '@telos/core';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { agreeable, driven } from './stage.ts';

let engine: Engine;
afterEach(() => engine.close());

const actions = ['block', 'redact', 'repair', 'flag', 'ask'] as const;
const modes = ['enforce', 'shadow'] as const;
const verdicts = ['pass', 'fail', 'error'] as const;
type Said = {
  readonly action: RailUse['action'];
  readonly mode: RailUse['mode'];
  readonly verdict: Verdict['verdict'];
};

const hidden = (value: Json): Json => JSON.parse(JSON.stringify(value).replaceAll('secret', 'hidden')) as Json;

/** Takes a while, offers all that a check can, and says what its name says. */
function saying(verdict: Verdict['verdict'], onAnswer: () => void): AnyCheck {
  return {
    name: `says_${verdict}`,
    description: 'A check of the test.',
    params: z.looseObject({}),
    needs: 'local',
    offers: { redact: {}, repair: {} },
    async score({ value }) {
      await new Promise((turn) => setImmediate(turn));
      onAnswer();
      const score = verdict === 'pass' ? 1 : 0;
      return { score, verdict, reason: 'said', ...(verdict === 'fail' ? { replacement: hidden(value) } : {}) };
    },
  };
}

type Place = {
  readonly title: string;
  /** As the journal names it. */
  readonly place: string;
  readonly path: string;
  readonly ofRun: boolean;
  /** Whether it is judged before the tool is called. */
  readonly isBefore: boolean;
};

const places: readonly Place[] = [
  { title: 'the input of a run', place: 'input', path: '@input', ofRun: true, isBefore: true },
  { title: 'the input of a step', place: 'input', path: 'a', ofRun: false, isBefore: true },
  { title: 'the arguments of a tool', place: 'tool_arguments', path: 'a', ofRun: false, isBefore: true },
  { title: 'a memory write of a step', place: 'memory_write', path: 'a', ofRun: false, isBefore: true },
  { title: 'a memory write of a run', place: 'memory_write', path: 'a', ofRun: true, isBefore: true },
  { title: 'the result of a tool', place: 'tool_result', path: 'a', ofRun: false, isBefore: false },
  { title: 'the output of a step', place: 'output', path: 'a', ofRun: false, isBefore: false },
  { title: 'the output of a run', place: 'output', path: '@output', ofRun: true, isBefore: false },
];

type Played = {
  /** Undefined: no run was let in. */
  readonly state: RunState | undefined;
  readonly code: string | undefined;
  readonly events: readonly RunEvent[];
  readonly called: readonly Json[];
  readonly asked: readonly string[];
  /** Whether the tool was called before a rail that stands before it had answered. */
  readonly early: boolean;
};

/** What happened in the run under way. */
let called: Json[] = [];
let answered = false;
let early = false;

const open = async (): Promise<void> => {
  engine = await openEngine({
    checks: Object.fromEntries(verdicts.map((one) => [`says_${one}`, saying(one, () => (answered = true))])),
    tools: {
      act: {
        remembers: true,
        run: ({ text = null }: { readonly text?: Json }) => {
          early ||= !answered;
          called.push(text);
          return Promise.resolve(text);
        },
      },
    },
  });
};

async function play({ place, ofRun }: Place, { action, mode, verdict }: Said): Promise<Played> {
  called = [];
  answered = early = false;
  const rails = `rails: { ${place}: [{ check: says_${verdict}, action: ${action}, mode: ${mode} }] }`;
  const asked = new Set<string>();
  const yaml = `telos: 1\nid: t\ninputs: { text: string }\n${ofRun ? `${rails}\n` : ''}steps:\n  - { id: a, uses: act, with: { text: "\${{ inputs.text }}" }${ofRun ? '' : `, ${rails}`} }\noutputs: { a: "\${{ steps.a.output }}" }`;
  try {
    const run = await engine.start(yaml, { text: 'secret' });
    const asking = ['wait.opened', 'run.succeeded', 'run.failed'];
    const { type } = await engine.until(run, (event) => asking.includes(event.type));
    const state =
      type === 'wait.opened'
        ? await driven(engine, run, (wait) => {
            // Nothing is called before a person has said so.
            asked.add(`${wait.path} after ${called.length} calls`);
            return agreeable(wait);
          })
        : await engine.ended(run);
    const code = state.phase.status === 'failed' ? state.phase.error.code : undefined;
    return { state, code, events: await engine.events(run), called, asked: [...asked], early };
  } catch (error) {
    if (!(error instanceof TelosError)) throw error;
    return { state: undefined, code: error.code, events: [], called, asked: [...asked], early };
  }
}

/** What becomes of it, by the words of the language. */
function expected({ path, isBefore, place }: Place, { action, mode, verdict }: Said) {
  const acts = mode === 'enforce' && action !== 'flag' && verdict !== 'pass';
  const stops = acts && (verdict === 'error' || action === 'block');
  const replaces = acts && !stops && action !== 'ask';
  const asks = acts && !stops && action === 'ask';
  const goesIn = replaces && isBefore ? 'hidden' : 'secret';
  return {
    code: stops ? (verdict === 'error' ? 'RAIL_FAILED' : 'RAIL_BLOCKED') : undefined,
    calls: stops && isBefore ? [] : [goesIn],
    outputs: stops ? undefined : { value: { a: replaces ? 'hidden' : 'secret' } },
    asked: asks ? [`${path} after ${isBefore ? 0 : 1} calls`] : [],
    judged: {
      place,
      outcome: stops ? 'block' : asks ? 'ask' : 'pass',
      verdicts: [{ verdict, action, mode, reason: 'said' }],
    },
  };
}

describe.each(places)('a rail on $title', (place) => {
  const combinations = actions.flatMap((action) =>
    modes.flatMap((mode) => verdicts.map((verdict): Said => ({ action, mode, verdict }))),
  );

  it('does what its action says in every mode and for every verdict, and no tool starts before it has answered', async () => {
    await open();
    for (const said of combinations) {
      const played = await play(place, said);
      const { code, calls, outputs, asked, judged } = expected(place, said);
      const of = JSON.stringify(said);
      expect([of, played.code, played.called, played.asked]).toEqual([of, code, calls, asked]);
      if (place.isBefore) expect([of, played.early]).toEqual([of, false]);
      const given = played.state?.phase.status === 'succeeded' ? played.state.phase.outputs : undefined;
      expect([of, given]).toEqual([of, outputs]);
      if (played.state === undefined) continue;
      const recorded = played.events.filter((event) => event.type === 'rail.judged');
      expect([of, recorded]).toMatchObject([of, [{ path: place.path, ...judged }]]);
      // What was replaced at the door is nowhere in the journal.
      const isHidden = calls[0] === 'hidden' && place.path === '@input';
      if (isHidden) expect([of, JSON.stringify(played.events)]).toEqual([of, expect.not.stringContaining('secret')]);
    }
  });
});
