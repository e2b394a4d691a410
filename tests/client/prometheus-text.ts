/** The Prometheus text format, read strictly. See https://prometheus.io/docs/instrumenting/exposition_formats/. */
export type Sample = {
  readonly name: string;
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
};
export type Family = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
};

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/** @throws Error for a line that the format does not have, a sample outside of its family, and one that stands twice. */
export function readPrometheusText(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help = '';
  let family: Family | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') help = rest;
    else if (kind === 'TYPE') {
      if (families.has(name)) throw new Error(`Twice: ${line}`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`No type: ${line}`);
      families.set(name, (family = { name, type: rest, help, samples: [] }));
    } else {
      const sample = sampleIn(line);
      const base = family?.type === 'histogram' ? sample.name.replace(/_(?:bucket|sum|count)$/, '') : sample.name;
      if (family === undefined || base !== family.name) throw new Error(`Outside of its family: ${line}`);
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(series)) throw new Error(`Twice: ${line}`);
      seen.add(series);
      family.samples.push(sample);
    }
  }
  return families;
}

function sampleIn(line: string): Sample {
  const [, name, written = '', number] = sampleLine.exec(line) ?? [];
  const value = Number(number);
  if (name === undefined || Number.isNaN(value)) throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = written; rest !== '';) {
    const found = label.exec(rest);
    const [whole = '', key = '', text = ''] = found ?? [];
    if (found === null || key in labels) throw new Error(`No label: ${line}`);
    labels[key] = text;
    rest = rest.slice(whole.length);
  }
  return { name, labels, value };
}
