import { objectiveRun, startRun } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import type { ToolContext } from '@telos/core';
import { asWorkflow } from '@telos/planner';
import type { DraftedPlan, PlanObjective } from '@telos/planner';
import { defineCommand, jsonOption } from '../command/command.ts';
import { carryOut } from '../compose/carry-out.ts';
import type { Engine } from '../compose/engine.ts';
import { withEngine } from '../compose/with-engine.ts';
import { exitCodes } from '../exit-codes.ts';
import { planOfRun } from '../inputs/plan-of-run.ts';
import { readBudget } from '../inputs/read-budget.ts';
import { usageText } from '../output/amounts.ts';
import { refuseExisting, writeNewFile } from '../output/write-new-file.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

export const plan = defineCommand({
  name: 'plan',
  summary:
    'Turns an objective into a workflow that compiles, and shows it. With --approve it is run at once: its objectives are scored, and where one is missed another plan follows while rounds are left.',
  words: [{ name: 'objective', about: 'what is to be reached, as one sentence', needed: 'optional', isText: true }],
  options: {
    criteria: { type: 'list', value: 'text', about: 'something that must hold of the result' },
    tools: { type: 'value', value: 'a,b', about: 'the tools it may use, like web.*,llm; all when absent' },
    'best-of': {
      type: 'value',
      value: 'n',
      about: 'plans to draft, of which the best is taken, 1 to 5; 1 when absent',
    },
    approve: { type: 'flag', about: 'run it' },
    rounds: { type: 'value', value: 'n', about: 'with --approve: plans at most, 1 to 5; 1 when absent' },
    budget: {
      type: 'value',
      value: 'usd=1,tokens=50k',
      about: 'with --approve: the most it may spend: usd, tokens, wall (10m), calls',
    },
    from: { type: 'value', value: 'run', about: 'in place of an objective: the plan that a run has carried out' },
    save: { type: 'value', value: 'file.yaml', about: 'where to write the workflow; an existing file is left alone' },
    force: { type: 'flag', about: 'with --save: write over an existing file' },
    json: jsonOption,
  },
  examples: [
    'telos plan "Compare three note-taking apps" --criteria "names a source for every claim" --save compare.yaml',
    'telos plan "Find in docs how a lease ends" --approve --rounds 3 --budget usd=0.50',
    'telos plan "Which of these vendors is cheapest?" --best-of 3',
    'telos plan --from last --save ask.yaml',
  ],
  async run({ words: [objective = ''], options }, terminal) {
    if ((objective === '') === (options.from === undefined))
      throw new TelosError('USAGE', 'It takes an objective, or --from with a run, and not both.', {
        next: 'telos plan "<objective>", or telos plan --from <run> --save file.yaml',
      });
    if (options.save !== undefined) refuseExisting(options.save, terminal.folder, options.force);
    else if (options.force)
      throw new TelosError('USAGE', '--force goes with --save.', { next: 'Write it like --save plan.yaml --force.' });
    if (!options.approve && (options.rounds !== undefined || options.budget !== undefined))
      throw new TelosError('USAGE', '--rounds and --budget are for a plan that is run: they go with --approve.');
    const rounds = countOf('--rounds', options.rounds);
    const bestOf = countOf('--best-of', options['best-of']);
    const budget = options.budget === undefined ? undefined : readBudget(options.budget);
    const tools = options.tools?.split(',').map((name) => name.trim());
    const writer = writerOf(terminal, options.json);
    return withEngine(terminal, { isAlone: true }, async (engine) => {
      if (options.from !== undefined) {
        const { source } = await planOfRun(engine.store, options.from);
        writer.lines(source.trimEnd());
        writer.object({ type: 'plan', source });
        if (options.save !== undefined) save(options.save, source, { engine, terminal, writer, force: options.force });
        return exitCodes.succeeded;
      }
      if (options.approve) {
        const { run } = await startRun(engine, {
          ...objectiveRun({
            objective,
            criteria: [...options.criteria],
            rounds,
            best_of: bestOf,
            approve: false,
            ...(tools === undefined ? {} : { tools }),
          }),
          ...(budget === undefined ? {} : { budget }),
        });
        const code = await carryOut(engine, run, terminal, writer);
        if (options.save !== undefined)
          save(options.save, (await planOfRun(engine.store, run)).source, {
            engine,
            terminal,
            writer,
            force: options.force,
          });
        return code;
      }
      const request = {
        objective,
        ...(options.criteria.length === 0 ? {} : { criteria: options.criteria }),
        ...(tools === undefined ? {} : { tools }),
        ...(bestOf === 1 ? {} : { best_of: bestOf }),
      };
      const made = await draft(engine, request, { terminal, writer });
      if (options.save !== undefined)
        save(options.save, made.source, { engine, terminal, writer, force: options.force });
      return exitCodes.succeeded;
    });
  },
});

function countOf(option: string, text = '1'): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 5) return count;
  throw new TelosError('USAGE', `${option} takes a number from 1 to 5, not ${text}.`);
}

type Desk = { readonly terminal: Terminal; readonly writer: Writer };

async function draft(
  engine: Engine,
  request: Parameters<Engine['planner']['plan']>[0],
  { terminal, writer }: Desk,
): Promise<DraftedPlan> {
  const stopping = new AbortController();
  const stopListening = terminal.onInterrupt(() =>
    stopping.abort(new TelosError('CANCELLED', 'Planning was cancelled.')),
  );
  try {
    const context = planningContext(stopping.signal, (message) => writer.lines(message));
    const made = await engine.planner.plan(request, context);
    writer.object({
      type: 'plan',
      workflow: made.program.id,
      hash: made.hash,
      planner: made.planner,
      objectives: made.objectives,
      source: made.source,
      rejected: made.rejected.length,
      usage: made.usage,
    });
    writer.lines(...planLines(made));
    return made;
  } finally {
    stopListening();
  }
}

/** The plan as its author wrote it, who that was, what it cost, and what nothing in it tests. */
function planLines({ source, planner, rejected, usage, objectives }: DraftedPlan): readonly string[] {
  const facts = [
    `Planned by ${planner}`,
    rejected.length === 0 ? '' : `${rejected.length} drafts rejected`,
    usageText(usage),
  ];
  return [
    source.trimEnd(),
    '',
    `${facts.filter((fact) => fact !== '').join(', ')}.`,
    ...objectives.objectives.map(objectiveLine),
    ...objectives.notes,
  ];
}

function objectiveLine({ id, criterion, check }: PlanObjective): string {
  const by =
    check === undefined ? 'not tested' : typeof check === 'string' ? check : Object.keys(check ?? {}).join(', ');
  return `${id}: ${criterion} (${by})`;
}

/** What a planner is given outside a run: its calls are not kept, what they cost is told in the plan. */
function planningContext(signal: AbortSignal, say: (message: string) => void): ToolContext {
  return {
    run: 'plan',
    path: 'plan',
    attempt: 1,
    signal,
    idempotencyKey: 'plan',
    sources: {},
    connection: () => undefined,
    emitText: () => {},
    progress: say,
    record: () => {},
  };
}

function save(
  file: string,
  plan: string,
  { engine, terminal, writer, force }: Desk & { readonly engine: Engine; readonly force: boolean },
): void {
  const { source, inputs } = asWorkflow(plan, engine.catalog);
  writeNewFile(file, terminal.folder, source, force);
  writer.object({ type: 'saved', file, inputs });
  const lifted = inputs.length === 0 ? '' : ` Inputs: ${inputs.join(', ')}.`;
  writer.lines(`Saved as ${file}.${lifted} Run it with \`telos run ${file}\`.`);
}
