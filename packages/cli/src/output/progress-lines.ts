import type { Instant } from '@telos/core';
import { durationText, usageText } from './amounts.ts';
import { paint } from './paint.ts';
import type { Progress, StepMark, StepProgress } from './progress.ts';

const signs: {
  readonly [M in StepMark]: { readonly sign: string; readonly colour: 'green' | 'red' | 'yellow' | 'grey' | 'cyan' };
} = {
  running: { sign: '●', colour: 'cyan' },
  waiting: { sign: '◌', colour: 'yellow' },
  succeeded: { sign: '✓', colour: 'green' },
  failed: { sign: '✗', colour: 'red' },
  skipped: { sign: '–', colour: 'grey' },
  cancelled: { sign: '⊘', colour: 'yellow' },
};

/** A block's children are all shown up to this many; beyond, only those under way and those that failed. */
const fewChildren = 12;

export type Drawing = {
  readonly now: Instant;
  readonly columns: number;
  /** Lines at most; what does not fit is counted on the last one. */
  readonly rows: number;
  readonly colour: boolean;
};

/** The tree of steps as lines of text, none longer than `columns`. */
export function progressLines(progress: Progress, drawing: Drawing): readonly string[] {
  const rows: Row[] = [];
  for (const step of progress.top) addRows(rows, step, 0, drawing.now);
  const room = Math.max(1, drawing.rows);
  const shown = rows.length > room ? rows.slice(0, room - 1) : rows;
  const width = Math.max(0, ...shown.map((row) => row.name.length));
  const lines = shown.map((row) => lineOf(row, width, drawing));
  return shown.length < rows.length ? [...lines, `  … ${rows.length - shown.length} more`] : lines;
}

type Row = {
  readonly mark: StepMark;
  readonly name: string;
  readonly facts: readonly string[];
  readonly remark: string;
};

function addRows(rows: Row[], step: StepProgress, depth: number, now: Instant): void {
  const ms = (step.endedAt ?? now) - step.startedAt;
  rows.push({
    mark: step.mark,
    name: `${'  '.repeat(depth)}${step.label}`,
    facts: [
      step.mark === 'skipped' ? 'skipped' : durationText(Math.max(0, ms)),
      step.attempt > 1 ? `attempt ${step.attempt}` : '',
      itemsText(step),
      step.isCached === true ? 'cached' : '',
      step.score === undefined ? '' : `score ${step.score.toFixed(2)}${step.passed === false ? ' (not passed)' : ''}`,
      usageText(step.usage),
    ].filter((fact) => fact !== ''),
    remark: remarkOf(step),
  });
  for (const child of visibleChildren(step)) addRows(rows, child, depth + 1, now);
}

function visibleChildren(step: StepProgress): Iterable<StepProgress> {
  if (step.mark === 'succeeded' && step.count !== undefined)
    return step.children.filter((child) => child.mark === 'failed').slice(0, fewChildren);
  return step.children.length <= fewChildren ? step.children : step.active;
}

function itemsText(step: StepProgress): string {
  if (step.count === undefined) return '';
  const underWay = new Set(Array.from(step.active, (child) => child.frame)).size;
  return `${step.frames.size - underWay}/${step.count} items`;
}

function remarkOf(step: StepProgress): string {
  const text = step.error === undefined ? step.message : `${step.error.code}: ${step.error.message}`;
  return (text ?? '').replaceAll(/\s+/g, ' ').trim();
}

function lineOf(row: Row, width: number, { columns, colour }: Drawing): string {
  const { sign, colour: signColour } = signs[row.mark];
  const head = `${row.name.padEnd(width)}  ${row.facts.join(', ')}`;
  const room = columns - 4;
  const text = head.slice(0, Math.max(0, room));
  const left = room - text.length - 2;
  // Of a text that grows the end is the news; of a remark, its beginning.
  const remark = row.mark === 'running' ? row.remark.slice(-Math.max(0, left)) : row.remark.slice(0, Math.max(0, left));
  const tail = left < 10 || remark === '' ? '' : `  ${paint(remark, row.mark === 'failed' ? 'red' : 'grey', colour)}`;
  return `  ${paint(sign, signColour, colour)} ${text}${tail}`;
}
