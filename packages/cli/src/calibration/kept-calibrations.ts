/**
 * Calibrations are kept as one file each: under the check, by the evaluator and
 * a hash of all that decides the outcome (version, parameters, rows). The same
 * calibration again takes the place of the one before.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, hashOf } from '@telos/language';
import type { Json } from '@telos/core';
import { z } from 'zod';
import { ensureFolder } from '../compose/open-store.ts';

const Figure = z.number().nullable();

const Kept = z.looseObject({
  evaluator: z.string(),
  check: z.string(),
  version: z.string(),
  params_hash: z.string(),
  data_hash: z.string(),
  files: z.array(z.string()),
  at: z.string(),
  n: z.number(),
  errors: z.number(),
  f1: Figure,
  auc: Figure,
  balanced_accuracy: Figure,
  kappa: Figure,
  spearman: Figure,
  accuracy: Figure,
});
export type KeptCalibration = z.infer<typeof Kept>;

/** @param settings What else decides the outcome. @throws TelosError STORE_UNAVAILABLE */
export function keepCalibration(home: string, record: KeptCalibration, settings: Json): void {
  const { check, evaluator, version, params_hash, data_hash } = record;
  const folder = join(home, 'calibrations', check);
  ensureFolder(folder);
  const key = hashOf(canonicalJson([version, params_hash, data_hash, settings])).slice(0, 16);
  const file = join(folder, `${evaluator}-${key}.json`);
  // A reader sees the old file or the new one, never half of it.
  writeFileSync(`${file}.${process.pid}.tmp`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.${process.pid}.tmp`, file);
}

/** Those of a check, newest first. Files that are none are passed over. */
export function keptCalibrations(home: string, check: string): readonly KeptCalibration[] {
  const folder = join(home, 'calibrations', check);
  let files: readonly string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
  return files
    .flatMap((file) => readKept(join(folder, file)))
    .toSorted((left, right) => right.at.localeCompare(left.at));
}

function readKept(file: string): readonly KeptCalibration[] {
  try {
    const parsed = Kept.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
