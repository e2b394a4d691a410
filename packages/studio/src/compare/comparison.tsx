import type { RunDiff, StepDiff } from '@telos/contract';
import { formatCount, formatMoney, formatScore } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatRoute } from '../route.ts';
import { shortId } from '../runs/run-row.tsx';
import { Status } from '../parts/status-mark.tsx';
import { changeOf } from './change-of.ts';
import type { Better } from './change-of.ts';

type Side = RunDiff['a'];

/** Two runs in figures: one row for each thing that can be compared. */
export function Comparison({ a, b }: { readonly a: Side; readonly b: Side }) {
  return (
    <div class="table-scroll comparison">
      <table aria-label="Both runs in figures">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">Figure</span>
            </th>
            <Head side={a} name="A" />
            <Head side={b} name="B" />
            <th scope="col" class="number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Status</th>
            <td class="number">
              <Status status={a.status} />
            </td>
            <td class="number">
              <Status status={b.status} />
            </td>
            <td class="number">{a.status === b.status ? '' : 'other'}</td>
          </tr>
          <tr>
            <th scope="row">Version</th>
            <td class="number">
              <code title={a.program}>{a.program.slice(0, 8)}</code>
            </td>
            <td class="number">
              <code title={b.program}>{b.program.slice(0, 8)}</code>
            </td>
            <td class="number">{a.program === b.program ? '' : 'other'}</td>
          </tr>
          <Figure name="Duration" a={a.ms} b={b.ms} format={formatDuration} better="less" />
          <Figure name="Cost" a={a.usage.usd} b={b.usage.usd} format={formatMoney} better="less" />
          <Figure name="Tokens" a={tokensOf(a)} b={tokensOf(b)} format={formatCount} better="less" />
          <Figure name="Calls" a={a.usage.calls} b={b.usage.calls} format={formatCount} better="less" />
          <Figure name="Score" a={a.score} b={b.score} format={formatScore} better="more" />
        </tbody>
      </table>
    </div>
  );
}

function Head({ side, name }: { readonly side: Side; readonly name: string }) {
  return (
    <th scope="col" class="number">
      {name}{' '}
      <a class="id" href={formatRoute({ page: 'run', id: side.id })} title={`${side.workflow} ${side.id}`}>
        {shortId(side.id)}
      </a>
    </th>
  );
}

type FigureProps = {
  readonly name: string;
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly format: (value: number) => string;
  readonly better: Better;
};

function Figure({ name, a, b, format, better }: FigureProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{a === undefined ? '–' : format(a)}</td>
      <td class="number">{b === undefined ? '–' : format(b)}</td>
      <td class="number">
        <Changed a={a} b={b} format={format} better={better} />
      </td>
    </tr>
  );
}

/** How a figure changed: by how much, and whether that is better. Nothing where it did not. */
export function Changed({ a, b, format, better }: Omit<FigureProps, 'name'>) {
  const change = changeOf(a, b, format, better);
  return change === undefined ? null : <span class={`changed is-${change.tone}`}>{change.text}</span>;
}

export function tokensOf({ usage }: Pick<NonNullable<StepDiff['a']>, 'usage'>): number {
  return usage.input_tokens + usage.output_tokens;
}
