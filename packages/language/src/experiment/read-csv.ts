/** A record of a CSV file and the line, from 1, that it begins on. */
export type CsvRecord = { readonly line: number; readonly fields: readonly string[] };

/**
 * Reads comma-separated values as RFC 4180 has them: fields in quotes hold
 * commas, line breaks and doubled quotes. Empty lines are passed over.
 *
 * @returns The records, or the line on which a quote is opened and never closed.
 */
export function readCsv(text: string): readonly CsvRecord[] | { readonly unclosed: number } {
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let line = 1;
  let begins = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const opened = line;
      let end = at + 1;
      while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"')) end += text[end] === '"' ? 2 : 1;
      if (end >= text.length) return { unclosed: opened };
      const quoted = text.slice(at + 1, end);
      line += quoted.split('\n').length - 1;
      field = quoted.replaceAll('""', '"');
      at = end + 1;
    } else field = '';
    const rest = /^[^,\r\n]*/.exec(text.slice(at, at + 1_000_000))?.[0] ?? '';
    fields.push(field + rest);
    at += rest.length;
    if (text[at] === ',') {
      at += 1;
      if (at < text.length) continue;
      fields.push('');
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    if (fields.some((each) => each !== '')) records.push({ line: begins, fields });
    fields = [];
    line += 1;
    begins = line;
  }
  return records;
}
