/**
 * G: POST /v1/runs of a workflow of three steps over 50 connections, to a `telos serve` that also runs them.
 * `g-accept.ts <count>` for other than 10,000 requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { telosFolder } from '../../e2e/telos-process.ts';
import { schemaOfBench } from '../bench-store.ts';
import { expectEqual, percentile, report, round } from '../report.ts';
import { clientOf, peakMiBOf, processorMsOf } from '../served-telos.ts';
import type { Client } from '../served-telos.ts';

const count = Number(process.argv[2] ?? 10_000);
const connections = 50;
const warmUp = 500;

const source = `telos: 1
id: three
inputs: { n: integer }
steps:
  - { id: one, uses: transform, with: { value: { n: "\${{ inputs.n }}", pad: "${'x'.repeat(150)}" } } }
  - { id: two, uses: transform, with: { value: "\${{ steps.one.output }}" } }
  - { id: three, uses: transform, with: { value: "\${{ steps.two.output.n }}" } }
outputs: { n: "\${{ steps.three.output }}" }
`;

const RunPage = z.object({ items: z.array(z.object({ status: z.string() })) });

/** Starts so many runs over all connections; gives how long each answer took, in ms. */
async function startRuns(client: Client, runs: number): Promise<readonly number[]> {
  const took: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < runs) {
      const inputs = { n: next++ };
      const from = performance.now();
      await client.ask('POST', '/v1/runs', 202, { workflow: 'three', inputs });
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return took;
}

async function allEnded(client: Client): Promise<void> {
  while (RunPage.parse(await client.ask('GET', '/v1/runs?limit=1&status=pending,running', 200)).items.length > 0)
    await sleep(10);
}

const folder = telosFolder();
try {
  const database = schemaOfBench(`g_${process.pid}`);
  const served = await folder.serve(database === undefined ? {} : { TELOS_DATABASE_URL: database });
  const client = clientOf(served.url, connections);
  await client.ask('PUT', '/v1/workflows/three', 201, { source });
  await startRuns(client, warmUp);
  await allEnded(client);
  const usedBefore = processorMsOf(served.process);
  const from = performance.now();
  const took = await startRuns(client, count);
  const acceptedMs = performance.now() - from;
  await allEnded(client);
  const endedMs = performance.now() - from;
  expectEqual(took.length, count, 'answers');
  const failed = RunPage.parse(await client.ask('GET', '/v1/runs?limit=1&status=failed,cancelled', 200));
  expectEqual(failed.items.length, 0, 'runs that failed');
  report('G', {
    runs: count,
    connections,
    accepted_per_s: round((count / acceptedMs) * 1000),
    answer_p50_ms: round(percentile(took, 0.5)),
    answer_p99_ms: round(percentile(took, 0.99)),
    finished_per_s: round((count / endedMs) * 1000),
    server_ms_per_run: round((processorMsOf(served.process) - usedBefore) / count),
    server_peak_mib: peakMiBOf(served.process),
  });
  client.close();
} finally {
  folder.remove();
}
