/** What is known of how well an evaluator judges stands beside what it says of a run. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const workflow = `telos: 1
id: colours
rails:
  input: [{ check: length, with: { max: 1000 }, action: block }]
steps:
  - id: name
    uses: transform
    with: { value: "red and blue" }
    rails: { output: [{ check: contains, with: { all: ["blue"] }, action: flag }] }
    gate:
      checks:
        - contains: { all: ["red"] }
        - contains: { all: ["blue"] }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-calibrated-'));
  const rows = [
    { id: 'a', output: 'red and blue', label: 1 },
    { id: 'b', output: 'red', label: 1 },
    { id: 'c', output: 'green', label: 0 },
  ];
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(folder, 'colours.yaml'), workflow);
});

async function telos(...words: readonly string[]): Promise<string> {
  let output = '';
  await runCommandLine(words, {
    environment: {},
    folder,
    isInteractive: false,
    hasColour: false,
    size: () => ({ columns: 200, rows: 40 }),
    write: (text) => void (output += text),
    complain: () => {},
    onInterrupt: () => () => {},
    now: () => Date.now(),
  });
  return output;
}

async function shown(...words: readonly string[]) {
  return JSON.parse(await telos('show', 'last', '--json', ...words)) as {
    readonly gate?: { readonly verdicts: readonly object[] };
    readonly attempts?: readonly { readonly rails?: readonly { readonly verdicts: readonly object[] }[] }[];
    readonly steps?: readonly { readonly gate?: { readonly verdicts: readonly object[] } }[];
  };
}

describe('a score', () => {
  it('has beside it the calibration of its check with the same parameters, and no other', async () => {
    await telos('calibrate', 'contains', 'rows.jsonl', '--with', 'all=["red"]');
    await telos('run', 'colours.yaml');
    const calibration = { evaluator: 'contains', n: 3, figures: { f1: 1, auc: 1, kappa: 1 } };
    const step = await shown('--step', 'name');
    expect(step.gate?.verdicts).toMatchObject([{ uses: 'contains', calibration }, { uses: 'contains' }]);
    expect(step.gate?.verdicts[1]).not.toHaveProperty('calibration');
    expect(step.attempts?.[0]?.rails?.[0]?.verdicts[0]).not.toHaveProperty('calibration');
    expect((await shown()).steps?.find(({ gate }) => gate !== undefined)?.gate?.verdicts[0]).toMatchObject({
      calibration,
    });
  });

  it('has the newest beside it, whether a gate, a rail or a rail of the run gave it', async () => {
    await telos('calibrate', 'contains', 'rows.jsonl', '--with', 'all=["blue"]');
    await telos('calibrate', 'length', 'rows.jsonl', '--with', 'max=1000');
    await telos('run', 'colours.yaml');
    const step = await shown('--step', 'name');
    expect(step.attempts?.[0]?.rails?.[0]?.verdicts).toMatchObject([{ uses: 'contains', calibration: { n: 3 } }]);
    const door = await shown('--step', '@input');
    expect(door.attempts?.[0]?.rails?.[0]?.verdicts).toMatchObject([{ uses: 'length', calibration: { n: 3 } }]);
  });

  it('has nothing beside it that was measured of another version of the check', async () => {
    await telos('calibrate', 'contains', 'rows.jsonl', '--with', 'all=["red"]');
    const home = join(folder, '.telos', 'calibrations', 'contains');
    const [file = ''] = readdirSync(home);
    const kept = JSON.parse(readFileSync(join(home, file), 'utf8')) as object;
    writeFileSync(join(home, file), JSON.stringify({ ...kept, version: '0.0.0-before' }));
    await telos('run', 'colours.yaml');
    const step = await shown('--step', 'name');
    expect(step.gate?.verdicts[0]).toMatchObject({ uses: 'contains', version: expect.any(String) as string });
    expect(JSON.stringify(step)).not.toContain('calibration');
  });

  it('has nothing beside it where nothing was measured', async () => {
    await telos('run', 'colours.yaml');
    const step = await shown('--step', 'name');
    expect(step.gate?.verdicts).toHaveLength(2);
    expect(JSON.stringify(step)).not.toContain('calibration');
  });
});
