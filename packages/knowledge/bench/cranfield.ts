/**
 * Measures retrieval on the Cranfield collection through the public API: its
 * documents are written to files, ingested, searched, and judged.
 *
 *   node --conditions=source packages/knowledge/bench/cranfield.ts <folder with corpus.jsonl, queries.jsonl, qrels.tsv>
 *
 * Queries with even ids were used to choose weights; those with odd ids were
 * not. nDCG takes the judgment as linear gain, as the baseline does.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { noModels } from '@telos/testkit/models';
import { createKnowledge } from '../src/index.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that holds corpus.jsonl, queries.jsonl and qrels.tsv.');

const Row = z.object({ id: z.string(), title: z.string().default(''), text: z.string() });
const linesOf = async (name: string): Promise<readonly string[]> =>
  (await readFile(path.join(folder, name), 'utf8')).trim().split('\n');
const rowsOf = async (name: string): Promise<readonly z.infer<typeof Row>[]> =>
  (await linesOf(name)).map((line) => Row.parse(JSON.parse(line)));

const judgments = new Map<string, Map<string, number>>();
for (const line of (await linesOf('qrels.tsv')).slice(1)) {
  const [query = '', document = '', score = ''] = line.split('\t');
  judgments.set(query, (judgments.get(query) ?? new Map<string, number>()).set(document, Number(score)));
}

const workspace = await mkdtemp(path.join(tmpdir(), 'cranfield-'));
const clock = { now: () => performance.now(), sleep: async () => {} };
const knowledge = createKnowledge({ path: ':memory:', workspace, models: noModels, clock });
try {
  await mkdir(path.join(workspace, 'corpus'));
  for (const { id, title, text } of await rowsOf('corpus.jsonl')) {
    await writeFile(path.join(workspace, 'corpus', `${id}.md`), `# ${title}\n\n${text}\n`);
  }
  const signal = new AbortController().signal;
  const ingestStart = performance.now();
  const intake = await knowledge.ingest('cranfield', ['corpus'], signal);
  const ingestMs = performance.now() - ingestStart;

  type Measures = { readonly ndcg10: number; readonly recall100: number; readonly mrr10: number };
  const measured: (Measures & { readonly even: boolean })[] = [];
  const times: number[] = [];
  for (const query of await rowsOf('queries.jsonl')) {
    const wanted = judgments.get(query.id);
    if (wanted === undefined) continue;
    const { passages, ms } = await knowledge.search({ collection: 'cranfield', query: query.text, limit: 200, signal });
    times.push(ms);
    const found = [...new Set(passages.map(({ source }) => path.basename(source, '.md')))].slice(0, 100);
    measured.push({ ...measure(found, wanted), even: Number(query.id) % 2 === 0 });
  }
  times.sort((left, right) => left - right);
  const row = (name: string, rows: readonly Measures[]): void => {
    const mean = (key: keyof Measures): string =>
      (rows.reduce((sum, each) => sum + each[key], 0) / rows.length).toFixed(4);
    console.log(`${name.padEnd(24)} ${mean('ndcg10')}   ${mean('recall100')}      ${mean('mrr10')}   ${rows.length}`);
  };
  console.log(`${intake.documents} documents, ${intake.chunks} passages, ingested in ${Math.round(ingestMs)} ms`);
  console.log(`search: median ${times[times.length >> 1]?.toFixed(1)} ms, slowest ${times.at(-1)?.toFixed(1)} ms`);
  console.log('queries                  nDCG@10  recall@100  MRR@10   count');
  row(
    'even ids (chosen on)',
    measured.filter(({ even }) => even),
  );
  row(
    'odd ids (held out)',
    measured.filter(({ even }) => !even),
  );
  row('all', measured);
} finally {
  await knowledge.close();
  await rm(workspace, { recursive: true });
}

function measure(found: readonly string[], wanted: ReadonlyMap<string, number>) {
  const discounted = (gains: readonly number[]): number =>
    gains.slice(0, 10).reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
  const ideal = discounted([...wanted.values()].sort((left, right) => right - left));
  const first = found.slice(0, 10).findIndex((id) => wanted.has(id));
  return {
    ndcg10: discounted(found.map((id) => wanted.get(id) ?? 0)) / ideal,
    recall100: found.filter((id) => wanted.has(id)).length / wanted.size,
    mrr10: first === -1 ? 0 : 1 / (first + 1),
  };
}
