/** Counters and histograms in the Prometheus text format. */

/** Upper bounds in seconds: from what a tool takes to what a model, and a run, may. */
const bounds = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600] as const;

/** Kept apart by their labels at most; what more there is counts together. */
const mostSeries = 500;
const others = 'other';

export type Labels = { readonly [name: string]: string };

export interface Counter {
  add(labels: Labels, amount?: number): void;
  lines(): readonly string[];
}

export function createCounter(name: string, help: string): Counter {
  const counts = new Map<string, number>();
  return {
    add(labels, amount = 1) {
      const key = seriesOf(counts, labels);
      counts.set(key, (counts.get(key) ?? 0) + amount);
    },
    lines: () =>
      head(
        name,
        'counter',
        help,
        [...counts].map(([labels, count]) => `${name}${braced(labels)} ${count}`),
      ),
  };
}

type Series = { readonly buckets: number[]; sum: number; count: number };

export interface Histogram {
  observe(labels: Labels, seconds: number): void;
  lines(): readonly string[];
}

export function createHistogram(name: string, help: string): Histogram {
  const series = new Map<string, Series>();
  return {
    observe(labels, seconds) {
      const key = seriesOf(series, labels);
      let one = series.get(key);
      if (one === undefined) series.set(key, (one = { buckets: bounds.map(() => 0), sum: 0, count: 0 }));
      one.sum += seconds;
      one.count += 1;
      for (const [index, bound] of bounds.entries()) {
        if (seconds <= bound) one.buckets[index] = (one.buckets[index] ?? 0) + 1;
      }
    },
    lines: () =>
      head(
        name,
        'histogram',
        help,
        [...series].flatMap(([labels, { buckets, sum, count }]) => [
          ...bounds.map((bound, index) => `${name}_bucket${braced(`${labels},le="${bound}"`)} ${buckets[index] ?? 0}`),
          `${name}_bucket${braced(`${labels},le="+Inf"`)} ${count}`,
          `${name}_sum${braced(labels)} ${sum}`,
          `${name}_count${braced(labels)} ${count}`,
        ]),
      ),
  };
}

function head(name: string, type: string, help: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function seriesOf(known: ReadonlyMap<string, unknown>, labels: Labels): string {
  const own = textOf(labels);
  if (known.has(own) || known.size < mostSeries) return own;
  return textOf(Object.fromEntries(Object.keys(labels).map((name) => [name, others])));
}

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.slice(0, 200).replace(/["\\\n]/g, (letter) => (letter === '\n' ? '\\n' : `\\${letter}`))}"`,
    )
    .join(',');
}

function braced(labels: string): string {
  const text = labels.replace(/^,/, '');
  return text === '' ? '' : `{${text}}`;
}
