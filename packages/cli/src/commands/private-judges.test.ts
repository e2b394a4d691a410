/** Before anything runs it is told which judges may not have what they would be shown. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const workflow = `telos: 1
id: letter
inputs:
  customer: { type: string, private: true }
steps:
  - id: letter
    uses: transform
    with: { value: "Dear \${{ inputs.customer }}" }
    gate:
      judge: { uses: judge, with: { model: openai/m, rubric: ["it is kind"] } }
`;

async function check(environment: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'telos-judges-'));
  writeFileSync(join(folder, 'letter.yaml'), workflow);
  let output = '';
  const code = await runCommandLine(['check', 'letter.yaml', ...more], {
    environment: { OPENAI_API_KEY: 'sk-none', OPENAI_BASE_URL: 'https://api.judge.example/v1', ...environment },
    folder,
    isInteractive: !more.includes('--json'),
    hasColour: false,
    size: () => ({ columns: 200, rows: 40 }),
    write: (text) => void (output += text),
    complain: () => {},
    onInterrupt: () => () => {},
    now: () => Date.now(),
  });
  return { code, output };
}

describe('telos check, of a judge that is to see private data', () => {
  it('warns with line and column, the host and what to write, where that host may have none', async () => {
    const { code, output } = await check({ TELOS_PRIVATE_HOSTS: 'crm.ours.example' });
    expect(code).toBe(0);
    expect(output).toContain(
      'letter.yaml:10:14: careful: `judge` is to judge private data from `inputs.customer`, and asks a model at api.judge.example',
    );
    expect(output).toContain('(write `permissions: { hosts: [api.judge.example] }`, or let it ask');
    const { output: told } = await check({ TELOS_PRIVATE_HOSTS: 'none' }, '--json');
    expect(told).toContain('"code":"PRIVATE_TO_JUDGE"');
  });

  it('is silent where models may have it, as they may unless it is said otherwise', async () => {
    expect((await check({})).output).not.toContain('careful');
    expect((await check({ TELOS_PRIVATE_HOSTS: 'api.judge.example' })).output).not.toContain('careful');
  });
});
