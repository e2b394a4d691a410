import { closedJudges, compile } from '@telos/language';
import type { Fault } from '@telos/language';
import { estimateProgram } from '@telos/planner';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { secretsOf } from '../compose/secrets.ts';
import { loadConfig } from '../config/load-config.ts';
import { estimateLines, estimateObject } from '../estimate/estimate-output.ts';
import { exitCodes } from '../exit-codes.ts';
import { readWorkflowFile } from '../inputs/workflow-file.ts';
import { workflowsBeside } from '../inputs/workflows-beside.ts';
import { faultLines, warningLines } from '../output/fault-lines.ts';
import { writerOf } from '../output/writer.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'Checks workflow files: every problem at once, each with its place.',
  words: [{ name: 'file', about: 'a workflow file (YAML, JSON or JSONC)', needed: 'at least one' }],
  options: {
    floor: {
      type: 'list',
      value: 'f1=0.9',
      about: 'refuse rails that enforce and are not kept measured as good as that by `telos calibrate`',
    },
    estimate: { type: 'flag', about: 'what a run is likely to cost, step by step, and what is assumed' },
    json: jsonOption,
  },
  examples: [
    'telos check workflows/*.yaml',
    'telos check --estimate workflows/research.yaml',
    'telos check --floor recall_at_fpr_01=0.85 workflows/guarded_answer.yaml',
  ],
  async run({ words, options }, terminal) {
    // What measures checks takes time to load, and is asked for by few.
    const floors = options.floor.length === 0 ? undefined : await import('../calibration/rail-floors.ts');
    const asked = floors?.readFloors(options.floor) ?? [];
    const config = await loadConfig(terminal.environment, terminal.folder);
    const { catalog, models, isWithheld, meet, mcp } = composeCatalogue(config, terminal.folder, {
      secrets: secretsOf(terminal.environment),
      tell: (message) => terminal.complain(`${message}\n`),
    });
    const writer = writerOf(terminal, options.json);
    let isValid = true;
    for (const word of words) {
      const { file, source, readFile } = readWorkflowFile(word, terminal.folder, isWithheld);
      await meet(source);
      const workflow = workflowsBeside(word, terminal.folder, catalog, isWithheld);
      const result = compile(source, { catalog, file, readFile, workflow });
      if (result.ok) {
        const { program, hash } = result.compiled;
        const warnings = [...result.compiled.warnings, ...(await closedJudges(result.compiled, catalog))];
        writer.object({ type: 'valid', file, workflow: program.id, hash, steps: program.steps.length });
        writer.lines(`${file}: valid (${program.id})`);
        for (const warning of warnings) writer.object({ ...warning, type: 'warning' });
        writer.lines(...warningLines(warnings));
        for (const rail of floors?.railsBelow(program, asked, { home: config.home, catalog }) ?? []) {
          isValid = false;
          writer.object({ type: 'below_floor', file, ...rail });
          terminal.complain(`${file}: ${rail.place}: the rail ${rail.rail} may not enforce. ${rail.message}\n`);
        }
        if (options.estimate) {
          const child = (id: string) => Promise.resolve(workflow(id)?.program);
          const estimate = await estimateProgram(program, { catalog, models, workflow: child });
          writer.object(estimateObject(file, program.id, estimate));
          writer.lines(...estimateLines(estimate, terminal.size().columns));
        }
        continue;
      }
      isValid = false;
      for (const fault of result.faults) writer.object(faultObject(fault));
      terminal.complain(faultLines(result.faults));
    }
    await mcp.close();
    return isValid ? exitCodes.succeeded : exitCodes.invalid;
  },
});

function faultObject(fault: Fault): object {
  return { type: 'fault', ...fault };
}
