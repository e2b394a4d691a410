/** Rows in columns as wide as their widest cell; the last column is cut where the terminal ends. */
export function tableLines(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) => {
    const line = row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ');
    return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
  });
}
