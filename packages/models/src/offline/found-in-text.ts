/** Numbers, dates and addresses as they stand in a sentence. */

const datePattern =
  /\b(\d{4})-(\d{2})-(\d{2})|\b(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]{2,8})\.?,? (\d{4})|\b([A-Z][a-z]{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/g;

/** Numbers in order, thousands separators taken out; dates and parts of words are no numbers. */
export function numbersIn(text: string): readonly number[] {
  const undated = text.replaceAll(datePattern, ' ').replaceAll(/T\d[\d:.Z+-]*/g, ' ');
  const found = undated.match(/(?<![\w.])[-−]?\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,10})?(?![\w]*[a-zA-Z_])/g) ?? [];
  return found.map((number) => Number(number.replace('−', '-').replaceAll(',', ''))).filter(Number.isFinite);
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Dates in order, as `YYYY-MM-DD`: `2026-03-12`, `12 March 2026`, `March 12, 2026`. */
export function datesIn(text: string): readonly string[] {
  return [...text.matchAll(datePattern)].flatMap(([, y1, m1, d1, d2, m2, y2, m3, d3, y3]) => {
    const year = y1 ?? y2 ?? y3 ?? '';
    const name = (m2 ?? m3 ?? '').slice(0, 3).toLowerCase();
    const month = m1 ?? String(months.indexOf(name) + 1).padStart(2, '0');
    const date = `${year}-${month}-${(d1 ?? d2 ?? d3 ?? '').padStart(2, '0')}`;
    const time = Date.parse(`${date}T00:00:00Z`);
    // Date.parse rolls 31 June over; such a date is none.
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? [date] : [];
  });
}

export function emailsIn(text: string): readonly string[] {
  return text.match(/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b/g) ?? [];
}

export function urlsIn(text: string): readonly string[] {
  return (text.match(/\bhttps?:\/\/[^\s"'<>)\]]{1,2000}/g) ?? []).map((url) => url.replace(/[.,;:!?]+$/, ''));
}
