import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startRun } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import type { ToolContext } from '@telos/core';
import type { DraftedPlan } from '@telos/planner';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeEngine } from '../compose/engine.ts';
import type { Engine } from '../compose/engine.ts';
import { loadConfig } from '../config/config.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { usageText } from '../output/amounts.ts';
import { followRun } from '../output/follow-run.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

export const plan = defineCommand({
  name: 'plan',
  summary: 'Turns an objective into a workflow that compiles, and shows it. With --approve it is run at once.',
  words: [{ name: 'objective', about: 'what is to be reached, as one sentence', needed: 'one' }],
  options: {
    criteria: { type: 'list', value: 'text', about: 'something that must hold of the result' },
    tools: { type: 'value', value: 'a,b', about: 'the tools it may use, like web.*,llm; all when absent' },
    save: { type: 'value', value: 'file.yaml', about: 'where to write the workflow; an existing file is left alone' },
    approve: { type: 'flag', about: 'run it' },
    json: jsonOption,
  },
  examples: [
    'telos plan "Compare three note-taking apps" --criteria "names a source for every claim" --save compare.yaml',
  ],
  async run({ words: [objective = ''], options }, terminal) {
    if (options.save !== undefined && existsSync(resolve(terminal.folder, options.save))) {
      throw new TelosError('FILE_UNREADABLE', `${options.save} exists already.`, {
        next: 'Name another file with --save.',
      });
    }
    const config = await loadConfig(terminal.environment, terminal.folder);
    const writer = writerOf(terminal, options.json);
    const engine = await composeEngine({
      config,
      environment: terminal.environment,
      workspace: terminal.folder,
      isAlone: true,
      report: ({ message }) => terminal.complain(`${message}\n`),
    });
    const stopping = new AbortController();
    const stopListening = terminal.onInterrupt(() =>
      stopping.abort(new TelosError('CANCELLED', 'Planning was cancelled.')),
    );
    try {
      const context = planningContext(stopping.signal, (message) => writer.lines(message));
      const made = await engine.planner.plan(
        {
          objective,
          ...(options.criteria.length === 0 ? {} : { criteria: options.criteria }),
          ...(options.tools === undefined ? {} : { tools: options.tools.split(',').map((name) => name.trim()) }),
        },
        context,
      );
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
      if (options.save !== undefined) save(options.save, made.source, terminal, writer);
      return options.approve ? await runPlan(engine, made.source, terminal, writer) : exitCodes.succeeded;
    } finally {
      stopListening();
      await engine.close();
    }
  },
});

/** The plan as its author wrote it, who that was, what it cost, and what nothing in it tests. */
function planLines({ source, planner, rejected, usage, objectives }: DraftedPlan): readonly string[] {
  const facts = [
    `Planned by ${planner}`,
    rejected.length === 0 ? '' : `${rejected.length} drafts rejected`,
    usageText(usage),
  ];
  return [source.trimEnd(), '', `${facts.filter((fact) => fact !== '').join(', ')}.`, ...objectives.notes];
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

function save(file: string, source: string, terminal: Terminal, writer: Writer): void {
  try {
    writeFileSync(resolve(terminal.folder, file), source, { flag: 'wx' });
  } catch (error) {
    throw new TelosError('FILE_UNREADABLE', `${file} cannot be written.`, { cause: error });
  }
  writer.object({ type: 'saved', file });
  writer.lines(`Saved as ${file}. Run it with \`telos run ${file}\`.`);
}

async function runPlan(engine: Engine, source: string, terminal: Terminal, writer: Writer): Promise<ExitCode> {
  const { run } = await startRun(engine, { from: { source }, inputs: {} });
  engine.work({ recover: false });
  const signal = new AbortController().signal;
  const status = await followRun({ store: engine.store, live: engine.live, run, terminal, writer, signal });
  return status === undefined ? exitCodes.failed : exitCodeOf(status);
}
