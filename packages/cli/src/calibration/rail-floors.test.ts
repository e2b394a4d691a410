import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-floors-'));
  const rows = [
    { id: 'a', text: 'write to anna@acme.example', label: 1 },
    { id: 'b', text: 'the weather is fine', label: 0 },
    { id: 'c', text: 'my number is twelve', label: 1 },
  ];
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const rail = '[{ pii: redact }]';
  writeFileSync(
    join(folder, 'flow.yaml'),
    `telos: 1\nid: t\nrails: { input: ${rail} }\nsteps: [{ id: a, uses: transform, with: { value: 1 }, rails: { output: [{ check: secrets, mode: shadow }] } }]`,
  );
});

async function telos(...words: readonly string[]) {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(words, {
    environment: {},
    folder,
    isInteractive: false,
    hasColour: false,
    size: () => ({ columns: 120, rows: 40 }),
    write: (text) => void (output += text),
    complain: (text) => void (complaints += text),
    onInterrupt: () => () => {},
    now: () => Date.parse('2026-03-01T12:00:00Z'),
  });
  return { code, output, complaints };
}

describe('telos check --floor', () => {
  it('refuses a rail that enforces and was never measured with its parameters', async () => {
    const { code, complaints } = await telos('check', 'flow.yaml', '--floor', 'recall=0.9');
    expect(code).toBe(2);
    expect(complaints).toMatch(
      /rails\.input: the rail pii may not enforce\. No calibration of pii without parameters by version \S+ is kept/,
    );
    expect(complaints).not.toContain('secrets');
    await telos('calibrate', 'pii', 'rows.jsonl', '--with', 'names=true');
    expect((await telos('check', 'flow.yaml', '--floor', 'recall=0.9')).code).toBe(2);
  });

  it('refuses one of which only another version was measured', async () => {
    await telos('calibrate', 'pii', 'rows.jsonl');
    const home = join(folder, '.telos', 'calibrations', 'pii');
    const [file = ''] = readdirSync(home);
    const kept = JSON.parse(readFileSync(join(home, file), 'utf8')) as object;
    writeFileSync(join(home, file), JSON.stringify({ ...kept, version: '0.0.0-before' }));
    const { code, complaints } = await telos('check', 'flow.yaml', '--floor', 'recall=0.5');
    expect(code).toBe(2);
    expect(complaints).toMatch(/No calibration of pii without parameters by version \S+ is kept/);
  });

  it('refuses one that is below, and lets one pass that reaches it', async () => {
    await telos('calibrate', 'pii', 'rows.jsonl');
    const below = await telos('check', 'flow.yaml', '--floor', 'recall=0.9', '--json');
    expect(below.code).toBe(2);
    expect(below.output).toContain('"type":"below_floor"');
    expect(below.complaints).toContain('recall is 0.5000; the floor is 0.9.');
    expect((await telos('check', 'flow.yaml', '--floor', 'recall=0.5', '--floor', 'precision=1')).code).toBe(0);
  });

  it('leaves a workflow alone that is checked without a floor', async () => {
    expect((await telos('check', 'flow.yaml')).code).toBe(0);
  });
});
