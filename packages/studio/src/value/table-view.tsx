import { useState } from 'preact/hooks';
import { formatCount } from '../format/amount.ts';
import type { Table } from './value-views.ts';

const pageSize = 50;

export function TableView({ columns, rows, label }: Table & { readonly label: string }) {
  const [shown, setShown] = useState(pageSize);
  const numeric = columns.map((_, column) =>
    rows.slice(0, pageSize).every((row) => typeof (row[column] ?? 0) === 'number'),
  );
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={`${label} as a table`}>
        <table>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={column} scope="col" class={numeric[index] === true ? 'number' : ''}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, line) => (
              <tr key={line}>
                {columns.map((column, index) => (
                  <td key={column} class={numeric[index] === true ? 'number' : ''}>
                    {cellText(row[index])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <button type="button" class="quiet" onClick={() => setShown(shown + 10 * pageSize)}>
          {formatCount(rows.length - shown)} more rows
        </button>
      )}
    </>
  );
}

function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return '';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
