import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Citation = z.looseObject({ quote: z.string(), source: z.string() });
const Receipt = z.looseObject({
  id: z.string(),
  status: z.string(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ code: z.string(), message: z.string(), next: z.string().optional() }).optional(),
  usage: z.looseObject({ input_tokens: z.number(), output_tokens: z.number(), usd: z.number() }),
});
const Refusal = z.looseObject({ code: z.string(), detail: z.string(), next: z.string().optional() });

export type QuickstartResult = z.infer<typeof Receipt> & { readonly ms: number };

/** Runs `workflows/quickstart.yaml` on the server through REST and waits for its end. */
export async function runQuickstart(root: string, url: string): Promise<QuickstartResult> {
  const source = readFileSync(join(root, 'workflows/quickstart.yaml'), 'utf8');
  const startedAt = performance.now();
  const answer = await fetch(`${url}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60', ...authorization() },
    body: JSON.stringify({ source, inputs: { server: url }, tags: ['quickstart'] }),
  });
  const body: unknown = await answer.json();
  if (!answer.ok) {
    const { code, detail, next } = Refusal.parse(body);
    throw new Error(`The quickstart was refused. ${code}: ${detail} ${next ?? ''}`);
  }
  return { ...Receipt.parse(body), ms: performance.now() - startedAt };
}

/**
 * What came out, how long it took, what it cost, and where to look.
 *
 * @param url Where the server goes on listening; undefined when it ends with the run.
 */
export function quickstartLines(result: QuickstartResult, url: string | undefined): readonly string[] {
  const { outputs = {}, usage, error } = result;
  const tokens = usage.input_tokens + usage.output_tokens;
  const lines = ['', 'Quickstart: workflows/quickstart.yaml', ''];
  for (const [name, value] of Object.entries(outputs)) lines.push(...outputLines(name, value));
  if (error !== undefined) lines.push(`${error.code}: ${error.message} ${error.next ?? ''}`);
  lines.push(
    '',
    `It ${result.status} in ${(result.ms / 1000).toFixed(1)} s, with ${tokens} tokens, for $${usage.usd.toFixed(4)}.`,
    url === undefined
      ? 'Look at it: pnpm telos show last   in the studio: pnpm start'
      : `Look at it: ${url}   its trace: ${url}/v1/runs/${result.id}/trace   or: pnpm telos show last`,
    '',
  );
  return lines;
}

function outputLines(name: string, value: unknown): readonly string[] {
  const citations = z.array(Citation).safeParse(value);
  if (citations.success) {
    return [`${name}:`, ...citations.data.map(({ quote, source }) => `  "${quote}"  (${source})`)];
  }
  if (typeof value === 'string') return [`${name}: ${value}`];
  if (Array.isArray(value)) return [`${name}:`, ...value.map((item) => `  ${JSON.stringify(item)}`)];
  return [`${name}: ${JSON.stringify(value)}`];
}

/** The server wants a key when the environment sets some. */
function authorization(): { readonly authorization?: string } {
  const key = process.env['TELOS_API_KEYS']
    ?.split(',')
    .map((entry) => entry.trim())
    .find((entry) => !entry.startsWith('sha256:'));
  return key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` };
}
