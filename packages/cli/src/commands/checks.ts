import { TelosError } from '@telos/core';
import type { AnyCheck } from '@telos/core';
import { nearest } from '@telos/language/text';
import { z } from 'zod';
import { keptLines } from '../calibration/calibration-lines.ts';
import { keptCalibrations } from '../calibration/kept-calibrations.ts';
import type { KeptCalibration } from '../calibration/kept-calibrations.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { fieldLines } from '../output/field-lines.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';

export const checks = defineCommand({
  name: 'checks',
  summary: 'Lists the checks that a gate may name; with a name, what that check takes.',
  words: [{ name: 'check', about: 'the name of a check', needed: 'optional' }],
  options: { json: jsonOption },
  examples: ['telos checks', 'telos checks overlap'],
  async run({ words: [name], options }, terminal) {
    const config = await loadConfig(terminal.environment, terminal.folder);
    const { catalog } = composeCatalogue(config, terminal.folder);
    const writer = writerOf(terminal, options.json);
    if (name !== undefined) {
      const check = catalog.checks.get(name);
      if (check === undefined) throw unknownCheck(name, [...catalog.checks.keys()]);
      showCheck(check, keptCalibrations(config.home, name), writer, terminal.size().columns);
      return exitCodes.succeeded;
    }
    const all = [...catalog.checks.values()].toSorted((a, b) => a.name.localeCompare(b.name));
    for (const check of all) writer.object(summaryOf(check));
    const rows = all.map((check) => [check.name, needsOf(check), check.description]);
    writer.lines(...tableLines(rows, terminal.size().columns), '', 'What one takes: `telos checks <name>`.');
    return exitCodes.succeeded;
  },
});

function showCheck(check: AnyCheck, kept: readonly KeptCalibration[], writer: Writer, columns: number): void {
  const params = z.toJSONSchema(check.params, { io: 'input', unrepresentable: 'any' });
  writer.object({ ...summaryOf(check), params, calibrations: kept });
  const version = check.version === undefined ? '' : `  version ${check.version}`;
  writer.lines(`${check.name}  ${needsOf(check)}${version}`, check.description);
  if (check.catches !== undefined) writer.lines(`It catches ${check.catches}: label 1 marks what should be caught.`);
  writer.lines('', 'takes');
  writer.lines(...fieldLines(params, 'taken').map((line) => `  ${line}`));
  if (kept.length > 0)
    writer.lines('', 'calibrated', ...keptLines(kept, check.version, columns - 2).map((line) => `  ${line}`));
}

function summaryOf({ name, version, needs, description, catches }: AnyCheck) {
  return {
    type: 'check',
    name,
    ...(version === undefined ? {} : { version }),
    needs,
    ...(catches === undefined ? {} : { catches }),
    description,
  } as const;
}

function needsOf({ needs }: AnyCheck): string {
  return needs === 'model' ? 'asks a model' : 'local';
}

function unknownCheck(name: string, known: readonly string[]): TelosError {
  const near = nearest(name, known);
  return new TelosError('USAGE', `There is no check ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: '`telos checks` lists them.',
  });
}
