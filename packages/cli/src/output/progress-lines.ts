import type { Instant } from '@telos/core';
import { durationText, usageText } from './amounts.ts';
import { paint } from './paint.ts';
import type { Progress, StepMark, StepProgress } from './progress.ts';
import { waterfallBar, waterfallLegend } from './waterfall.ts';
import type { TimeAxis } from './waterfall.ts';

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

/** A terminal narrower than this has no room for a waterfall beside what is said of each step. */
const fewestColumns = 110;
const factsColumns = 70;
const mostCells = 40;
const fewestCells = 16;

/** The tree of steps as lines of text, none longer than `columns`; with a waterfall of their time where there is room. */
export function progressLines(progress: Progress, drawing: Drawing): readonly string[] {
  const rows: Row[] = [];
  for (const step of progress.top) addRows(rows, step, 0, drawing.now);
  const room = Math.max(1, drawing.rows);
  const width = Math.max(0, ...rows.slice(0, room).map((row) => row.name.length));
  const axis = axisOf(progress, width, drawing);
  const legend = axis === undefined ? undefined : waterfallLegend(rows.slice(0, room).map(({ step }) => step));
  const below = legend === undefined || room < 3 ? [] : ['', `  ${paint(legend, 'grey', drawing.colour)}`];
  const left = room - below.length;
  const shown = rows.length > left ? rows.slice(0, left - 1) : rows;
  const lines = shown.map((row) => lineOf(row, width, axis, drawing));
  const more = rows.length - shown.length;
  return [...lines, ...(more > 0 ? [`  … ${more} more`] : []), ...below];
}

function axisOf(progress: Progress, nameColumns: number, { now, columns }: Drawing): TimeAxis | undefined {
  const cells = Math.min(mostCells, columns - nameColumns - factsColumns);
  const { startedAt: from, endedAt: to = now } = progress;
  return from === undefined || columns < fewestColumns || cells < fewestCells ? undefined : { from, to, cells };
}

type Row = {
  readonly step: StepProgress;
  readonly mark: StepMark;
  readonly name: string;
  readonly facts: readonly string[];
  readonly remark: string;
};

function addRows(rows: Row[], step: StepProgress, depth: number, now: Instant): void {
  const ms = (step.endedAt ?? now) - step.startedAt;
  rows.push({
    step,
    mark: step.mark,
    name: `${'  '.repeat(depth)}${step.label}`,
    facts: [
      step.mark === 'skipped' ? 'skipped' : durationText(Math.max(0, ms)),
      step.attempt > 1 ? `attempt ${step.attempt}` : '',
      itemsText(step),
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

function lineOf(row: Row, width: number, axis: TimeAxis | undefined, { columns, colour }: Drawing): string {
  const { sign, colour: signColour } = signs[row.mark];
  const bar = axis === undefined ? '' : `${waterfallBar(row.step, axis)}  `;
  const head = `${row.name.padEnd(width)}  ${bar}${row.facts.join(', ')}`;
  const room = columns - 4;
  const text = head.slice(0, Math.max(0, room));
  const left = room - text.length - 2;
  // Of a text that grows the end is the news; of a remark, its beginning.
  const remark = row.mark === 'running' ? row.remark.slice(-Math.max(0, left)) : row.remark.slice(0, Math.max(0, left));
  const tail = left < 10 || remark === '' ? '' : `  ${paint(remark, row.mark === 'failed' ? 'red' : 'grey', colour)}`;
  return `  ${paint(sign, signColour, colour)} ${text}${tail}`;
}
