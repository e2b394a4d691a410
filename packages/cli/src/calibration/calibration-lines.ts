import type { Calibration, FigureName, Measurement } from '@telos/evaluators/calibration';
import { figureNames } from '@telos/evaluators/calibration';
import { tableLines } from '../output/table.ts';
import type { KeptCalibration } from './kept-calibrations.ts';

/** What a person reads: each figure that has a meaning with its interval, then the types. */
export function calibrationLines(calibration: Calibration, columns: number): readonly string[] {
  const { n, positives, threshold, types = {} } = calibration;
  const figures = figureNames.flatMap((name) => {
    const value = calibration[name];
    return value === null ? [] : [[name, value.toFixed(4), intervalText(calibration, name)]];
  });
  const byType = Object.entries(types).map(([type, each]) => [
    type,
    String(each.positives),
    ...(['precision', 'recall', 'f1'] as const).map((name) => each[name]?.toFixed(3) ?? '-'),
    intervalText(each, 'f1'),
  ]);
  return [
    `${n} rows, ${positives} positive${threshold === null ? '' : `, threshold ${threshold.toFixed(3)}`}`,
    '',
    ...tableLines(figures, columns),
    ...(byType.length === 0
      ? []
      : ['', ...tableLines([['type', 'marked', 'precision', 'recall', 'f1', ''], ...byType], columns)]),
    '',
    `${calibration.ms_per_row_p50.toFixed(2)} ms a row at p50, ${calibration.ms_per_row_p99.toFixed(2)} ms at p99`,
  ];
}

function intervalText({ intervals }: Measurement, name: FigureName): string {
  const interval = intervals[name];
  return interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
}

const headline = ['f1', 'auc', 'balanced_accuracy', 'kappa', 'accuracy', 'spearman'] as const;

/** One line for each calibration that was kept; of another version than this one of the check it says so. */
export function keptLines(
  kept: readonly KeptCalibration[],
  version: string | undefined,
  columns: number,
): readonly string[] {
  return tableLines(
    kept.map((record) => [
      record.at.slice(0, 16).replace('T', ' '),
      record.evaluator,
      `${record.n} rows`,
      headline.flatMap((name) => (record[name] === null ? [] : [`${name} ${record[name].toFixed(3)}`])).join('  '),
      record.files.join(', '),
      record.version === version ? '' : `of version ${record.version}`,
    ]),
    columns,
  );
}
