import { requirementProblems } from '@telos/api/runs';
import { cellsOf } from '@telos/language';
import { dirname, join } from 'node:path';
import { defineCommand, jsonOption } from '../command/command.ts';
import { numberIn } from '../command/option-values.ts';
import { buildSampleData } from '../compose/sample-data.ts';
import { withEngine } from '../compose/with-engine.ts';
import { reportLines, trialLine } from '../eval/eval-lines.ts';
import { openTrials } from '../eval/kept-trials.ts';
import { createLedger } from '../eval/ledger.ts';
import { openExperiment } from '../eval/open-experiment.ts';
import { createParking } from '../eval/parking.ts';
import { programsOf } from '../eval/programs-of.ts';
import { reportComplaints, reportOf } from '../eval/report.ts';
import { runCells } from '../eval/run-cells.ts';
import { exitCodes } from '../exit-codes.ts';
import { readBudget } from '../inputs/read-budget.ts';
import { workflowBeside } from '../inputs/workflow-file.ts';
import { faultLines } from '../output/fault-lines.ts';
import { writerOf } from '../output/writer.ts';

export const evalCommand = defineCommand({
  name: 'eval',
  summary:
    'Runs every row of a dataset by every variant of a workflow, scores what comes out and compares. Stopped, the same command goes on where it was.',
  words: [{ name: 'experiment.yaml', about: 'what is tried on what, and how it is judged', needed: 'one' }],
  options: {
    limit: { type: 'value', value: 'n', about: 'only the first rows of the dataset' },
    budget: { type: 'value', value: 'usd=1,tokens=50k', about: "the most it may spend, in place of the file's own" },
    fresh: { type: 'flag', about: 'begin anew, also when the last time was stopped half way' },
    json: jsonOption,
  },
  examples: [
    'telos eval workflows/evals/ask_folder.yaml',
    'telos eval workflows/evals/ask_folder.yaml --limit 2 --json',
  ],
  async run({ words: [file = ''], options }, terminal) {
    const limit = options.limit === undefined ? undefined : numberIn('limit', options.limit, 1, 100_000);
    const budget = options.budget === undefined ? undefined : readBudget(options.budget);
    const writer = writerOf(terminal, options.json);
    return withEngine(terminal, { isAlone: true }, async (engine) => {
      buildSampleData(terminal.folder);
      const stopping = new AbortController();
      const stopListening = terminal.onInterrupt(() => {
        terminal.complain('Stopping; the same command goes on from here. Ctrl-C again leaves at once.\n');
        stopping.abort();
      });
      try {
        const result = await openExperiment(file, terminal.folder, engine, limit);
        if (!result.ok) {
          for (const fault of result.faults) writer.object({ type: 'fault', ...fault });
          terminal.complain(faultLines(result.faults));
          return exitCodes.invalid;
        }
        const { experiment } = result;
        const [missing] = await requirementProblems(engine, experiment.requires);
        if (missing !== undefined) throw missing;
        const programs = await programsOf(engine, experiment, ({ workflow }) => {
          const own = join(dirname(file), workflow);
          return { file: own, beside: (id) => workflowBeside(id, own, terminal.folder, engine.isWithheld) };
        });
        const cells = cellsOf(experiment);
        const kept = openTrials(engine.config.home, experiment, {
          at: new Date(terminal.now()).toISOString(),
          fresh: options.fresh,
        });
        const { name } = experiment;
        const { size: done } = kept.trials;
        writer.object({ type: 'experiment', experiment: name, id: kept.id, runs: cells.length, done });
        writer.lines(
          `${name}: ${experiment.rows.length} rows, ${experiment.variants.length} variants, ${cells.length} runs${kept.isResumed ? `, ${done} of them made before` : ''}`,
        );
        const ledger = createLedger(
          budget ?? experiment.budget,
          experiment.concurrency,
          engine.clock.now(),
          kept.spent(),
        );
        const parking = createParking(engine.clock);
        engine.work({ recover: false, onPark: parking.onPark });
        const carried = await runCells({
          engine,
          experiment,
          cells,
          kept,
          ledger,
          parking,
          programs,
          signal: stopping.signal,
          onTrial(trial) {
            writer.object({ type: 'trial', ...trial });
            writer.lines(trialLine(trial, kept.trials.size, cells.length));
          },
        });

        const trials = cells.flatMap(({ key }) => kept.trials.get(key) ?? []);
        const report = reportOf(experiment, trials, { id: kept.id, runs: cells.length, usage: ledger.spent, carried });
        if (report.complete) kept.end();
        writer.object({ type: 'result', ...report });
        writer.lines(...reportLines(report, terminal.size().columns));
        terminal.complain(reportComplaints(report, trials));
        if (stopping.signal.aborted) return exitCodes.cancelled;
        if (report.below.length > 0 || report.without_budget > 0) return exitCodes.failed;
        return report.waiting.length > 0 ? exitCodes.waiting : exitCodes.succeeded;
      } finally {
        stopListening();
      }
    });
  },
});
