import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@telos/driver-sqlite';
import { anOwnedRun, runSucceeded } from '@telos/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-cli-'));
});

type Heard = { readonly code: number; readonly output: string; readonly complaints: string };

/** Carries out a command line as a person at a terminal would see it. */
async function telos(words: readonly string[], environment: Terminal['environment'] = {}): Promise<Heard> {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(words, {
    environment,
    folder,
    isInteractive: true,
    hasColour: false,
    size: () => ({ columns: 100, rows: 40 }),
    write: (text) => {
      output += text;
    },
    complain: (text) => {
      complaints += text;
    },
    onInterrupt: () => () => {},
    now: () => Date.now(),
  });
  return { code, output: asDrawn(output), complaints };
}

/** What is left standing on the screen: of what was drawn anew in place, the last drawing. */
function asDrawn(output: string): string {
  const lines: string[] = [];
  for (const piece of output.replaceAll('\u001B', '␛').split(/(?=␛\[\d+A␛\[0J)/)) {
    const up = /^␛\[(\d+)A␛\[0J/.exec(piece);
    if (up !== null) lines.splice(lines.length - Number(up[1]));
    const text = up === null ? piece : piece.slice(up[0].length);
    lines.push(...text.split('\n').slice(0, -1));
  }
  return lines.map((line) => `${line}\n`).join('');
}

const greeting = `telos: 1
id: greeting
inputs:
  name: { type: string, default: world }
  times: { type: integer, default: 1 }
steps:
  - { id: words, uses: transform, with: { value: "hello \${{ inputs.name }}" } }
  - { id: text, uses: transform, with: { value: "\${{ steps.words.output }}!" } }
outputs:
  text: \${{ steps.text.output }}
`;

describe('a collector of traces', () => {
  it('is told of the run before the command ends, and holds nothing up when it is away', async () => {
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo; // a server that listens on a port has one
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_SERVICE_NAME: 'greeter' };
    expect((await telos(['run', 'greeting.yaml'], environment)).code).toBe(0);
    collector.closeAllConnections();
    await new Promise((resolve) => void collector.close(resolve));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain('"greeter"');
    expect(bodies[0]).toContain('step words');
    const { code, complaints } = await telos(['run', 'greeting.yaml'], environment);
    expect(code).toBe(0);
    expect(complaints).toContain('does not take traces');
  });
});

describe('the command line', () => {
  it('lists its commands', async () => {
    for (const words of [[], ['--help'], ['-h'], ['help']]) {
      const { code, output } = await telos(words);
      expect(code).toBe(0);
      expect(output).toMatch(/^ {2}run {2,}Run a workflow$/m);
    }
  });

  it('explains each command, with its options and an example', async () => {
    const { code, output } = await telos(['run', '--help']);
    expect(code).toBe(0);
    expect(output).toContain('telos run <workflow> [options]');
    expect(output).toContain('--input name=value ...');
    expect((await telos(['help', 'run'])).output).toBe(output);
  });

  it('tells its version', async () => {
    expect((await telos(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['rnu', 'a.yaml'], 'USAGE: There is no command `telos rnu`. Did you mean `telos run`? See `telos --help`.\n'],
    [['ls'], 'USAGE: There is no command `telos ls`. Did you mean `telos runs`? See `telos --help`.\n'],
    [['logs', 'last'], 'USAGE: There is no command `telos logs`. Did you mean `telos show`? See `telos --help`.\n'],
    [['version'], 'USAGE: There is no command `telos version`. Did you mean `telos --version`? See `telos --help`.\n'],
    [
      ['my/a.yaml'],
      'USAGE: There is no command `telos my/a.yaml`. Did you mean `telos run my/a.yaml`? See `telos --help`.\n',
    ],
    [
      ['show', 'last', 'rows'],
      'USAGE: `telos show` does not know what to do with "rows". A step is named by --step rows. See `telos show --help`.\n',
    ],
    [
      ['fork', 'last', 'rows'],
      'USAGE: `telos fork` does not know what to do with "rows". A step is named by --from rows. See `telos fork --help`.\n',
    ],
    [
      ['approvals', 'approve', 'x', 'verdict=good'],
      'USAGE: `telos approvals` does not know what to do with "verdict=good". Values are given as --set verdict=good. See `telos approvals --help`.\n',
    ],
    [
      ['plan', 'Sum', 'up'],
      'USAGE: `telos plan` does not know what to do with "up". Put quotes around the objective: "... up ...". See `telos plan --help`.\n',
    ],
    [['--verbose', 'runs'], 'USAGE: Before the command stands an unknown option, --verbose. See `telos --help`.\n'],
    [
      ['run'],
      'USAGE: `telos run` needs a workflow file, or the name of one in workflows/ or published. See `telos run --help`.\n',
    ],
    [
      ['run', 'gone.yaml'],
      'FILE_UNREADABLE: There is no file gone.yaml. Check its name; paths are relative to the working directory.\n',
    ],
    [
      ['run', 'a.yaml', '--namespace', 'Team A'],
      'USAGE: Team A is no namespace. Name one with 63 lower-case letters, digits, `_`, `.` or `-` at most, like team-a.\n',
    ],
    [
      ['run', 'a.yaml', '--priority', 'hihg'],
      'USAGE: There is no priority hihg. Did you mean high? A run has one of high, normal, low.\n',
    ],
    [
      ['runs', '--status', 'faild'],
      'USAGE: There is no status faild. Did you mean failed? A run is pending, running, waiting, paused, succeeded, failed, cancelled.\n',
    ],
    [
      ['runs', '--where', 'cost > 1 || scoer == 2'],
      'USAGE: --where cannot be searched at character 13: runs cannot be searched by `scoer`; did you mean `score`? What can be asked for is in docs/control.md#finding-runs.\n',
    ],
    [
      ['runs', '--since', 'yesterday'],
      'USAGE: --since yesterday is neither an age nor a date. Write it like --since 1d or --since 2026-01-31.\n',
    ],
    [['serve', '--port', 'http'], 'USAGE: --port http is no port. Write a number from 0 to 65535, like --port 7420.\n'],
  ])('answers %j in one line with what to do', async (words, line) => {
    expect(await telos(words)).toEqual({ code: 2, output: '', complaints: line });
  });

  it('reports every setting that is wrong before it does anything', async () => {
    const { code, complaints } = await telos(['runs'], { TELOS_DURABILITY: 'x', OLLAMA_HOST: '//' });
    expect(code).toBe(2);
    expect(complaints).toContain('CONFIG_INVALID: 2 settings are not valid.');
    expect(complaints).toContain('\n  TELOS_DURABILITY: expected full or normal\n');
  });

  it('shows no stack trace unless TELOS_DEBUG is 1', async () => {
    expect((await telos(['rnu'])).complaints).not.toContain('    at ');
    expect((await telos(['rnu'], { TELOS_DEBUG: '1' })).complaints).toContain('    at ');
  });
});

describe('telos run, watched by a person', () => {
  beforeEach(() => writeFileSync(join(folder, 'greeting.yaml'), greeting));

  it('draws the steps, then prints the output, what it took and where to look', async () => {
    const { code, output, complaints } = await telos(['run', 'greeting.yaml', '--input', 'name=Ada']);
    expect(complaints).toBe('');
    expect(code).toBe(0);
    expect(output).toMatch(
      /^ {2}✓ words {2}\d+ ms\n {2}✓ text {3}\d+ ms\n\nhello Ada!\n\ngreeting succeeded in \d+ ms\. {2}telos show [0-9a-f-]{36}\n$/,
    );
  });

  it('finds a workflow in workflows/ by its name', async () => {
    mkdirSync(join(folder, 'workflows'));
    writeFileSync(join(folder, 'workflows/greeting.yaml'), greeting);
    expect((await telos(['run', 'greeting'])).output).toContain('hello world!');
    expect((await telos(['run', 'greting'])).complaints).toContain(
      'There is no workflow greting. Did you mean greeting?',
    );
  });

  it('names the nearest input for one that the workflow does not have, and starts nothing', async () => {
    const { code, complaints } = await telos(['run', 'greeting.yaml', '--input', 'nam=Ada']);
    expect(code).toBe(2);
    expect(complaints).toContain('did you mean name?');
    expect((await telos(['runs'])).output).toBe('No runs.\n');
  });

  it('is shown afterwards by `runs`, `show` and `show --step`', async () => {
    await telos(['run', 'greeting.yaml']);
    expect((await telos(['runs'])).output).toMatch(/^[0-9a-f-]{36} {2}succeeded {2}greeting /);
    expect((await telos(['show', 'last'])).output).toMatch(
      /^greeting {2}[0-9a-f-]{36} {2}succeeded\n {2}✓ words[\s\S]*hello world!/,
    );
    const step = (await telos(['show', 'last', '--step', 'text'])).output;
    expect(step).toContain('text  transform  succeeded\nattempt 1: succeeded');
    expect(step).toContain('  output:\n    hello world!');
    expect(step).toMatch(/\nwritten at line \d+ of greeting:\n {4}.*id: text/);
    expect((await telos(['show', 'last', '--step', 'txt'])).complaints).toContain('Did you mean text?');
    expect((await telos(['doctor', 'last'])).output).toContain('It has ended');
  });

  it('is written as one file by `show --html`, over nothing that exists', async () => {
    await telos(['run', 'greeting.yaml']);
    expect((await telos(['show', 'last', '--html', 'run.html'])).output).toBe('Written to run.html.\n');
    const html = readFileSync(join(folder, 'run.html'), 'utf8');
    expect(html).toMatch(/^<!doctype html>[^]*greeting[^]*hello world!/);
    expect((await telos(['show', 'last', '--html', 'run.html'])).complaints).toContain('run.html exists already.');
    expect((await telos(['show', 'last', '--html', 'b.html', '--step', 'text'])).code).toBe(2);
  });

  it('is named by a part of its id that no other run has', async () => {
    await telos(['run', 'greeting.yaml']);
    const id = (await telos(['runs'])).output.slice(0, 36);
    expect((await telos(['show', id.slice(-8)])).output).toContain(id);
    expect((await telos(['show', 'ffffffffffff'])).complaints).toBe(
      'RUN_NOT_FOUND: There is no run ffffffffffff. List runs with `telos runs`.\n',
    );
  });

  it('says where to look when the workflow names no outputs', async () => {
    writeFileSync(join(folder, 'mute.yaml'), greeting.replace(/outputs:[^]*$/, ''));
    const { code, output } = await telos(['run', 'mute.yaml', '--input', 'name=Ada']);
    expect(code).toBe(0);
    expect(output).toMatch(/No `outputs:` in the workflow; .*telos show [0-9a-f-]+ --step <path>/);
  });

  it('names each input that is missing, and how it is given', async () => {
    writeFileSync(join(folder, 'two.yaml'), greeting.replace('inputs:', 'inputs:\n  year: integer'));
    const { code, complaints } = await telos(['run', 'two.yaml', '--input', 'name=Ada']);
    expect(code).toBe(2);
    expect(complaints).toContain('INPUT_INVALID: year: it is required and was not given.');
    expect(complaints).toContain('`--input name=value`');
  });

  it('says in `doctor` that it waits for a place, and for whose', async () => {
    writeFileSync(join(folder, 'alone.yaml'), `${greeting}limits: { concurrency: { max: 1 } }\n`);
    for (let runs = 0; runs < 2; runs += 1) await telos(['run', 'alone.yaml', '--detach']);
    expect((await telos(['doctor', 'last'])).output).toMatch(
      /The run waits for its turn: the one place of `greeting` is taken by [0-9a-f-]{36}\. It is the next\./,
    );
    expect((await telos(['doctor'])).output).toContain('The run waits for its turn');
  });

  it('waits for a server when it is detached', async () => {
    const { code, output } = await telos(['run', 'greeting.yaml', '--detach']);
    expect(code).toBe(0);
    expect(output).toContain('`telos serve` takes it up');
    const { output: reasons } = await telos(['doctor', 'last']);
    expect(reasons).toContain('No worker has taken the run yet');
    expect(reasons).toContain('`telos serve` goes on with it');
    expect((await telos(['show', 'last'])).output).toContain('`telos serve` goes on with it');
    expect((await telos(['runs', '--status', 'pending'])).output).toContain('greeting');
    expect((await telos(['runs', '--where', 'score == null || cost > 1'])).output).toContain('greeting');
    expect((await telos(['runs', '--where', '!(score == null)'])).output).toBe('No runs.\n');
  });
});

describe('telos check, watched by a person', () => {
  it('names the place of every fault as compilers do', async () => {
    writeFileSync(join(folder, 'bad.yaml'), greeting.replaceAll('uses: transform', 'uses: transfrom'));
    const { code, complaints } = await telos(['check', 'bad.yaml']);
    expect(code).toBe(2);
    const lines = complaints.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^bad\.yaml:7:\d+: .*transform.* \[UNKNOWN_TOOL\]$/);
    expect(lines[1]).toMatch(/^bad\.yaml:8:/);
  });

  it('says of each file that it is valid', async () => {
    writeFileSync(join(folder, 'a.yaml'), greeting);
    expect(await telos(['check', 'a.yaml'])).toEqual({ code: 0, output: 'a.yaml: valid (greeting)\n', complaints: '' });
  });
});

describe('telos check, of what expressions read', () => {
  const typed = (steps: string) => `telos: 1
id: typed
inputs: { q: { type: string }, n: { type: number } }
steps:
  - { id: s, uses: web.search, with: { query: "\${{ inputs.q }}" } }
${steps}`;

  it('refuses, each at its place, what fails whatever the values are', async () => {
    const source =
      typed(`  - { id: a, uses: web.search, with: { query: "\${{ inputs.n }}", limit: "\${{ inputs.q }}" } }
  - { id: t, uses: transform, with: { value: "\${{ inputs.q + 1 }}" } }
  - { id: u, uses: transform, with: { value: "\${{ steps.s.output.reslts }}" } }
  - { id: v, uses: transform, with: { value: "\${{ inputs.q.foo }}" } }
  - { id: w, uses: llm, with: { prompt: x } }
  - { id: x, uses: transform, with: { value: "\${{ steps.w.output.txt }}" } }
`);
    writeFileSync(join(folder, 'typed.yaml'), source);
    const { code, complaints } = await telos(['check', 'typed.yaml']);
    expect(code).toBe(2);
    expect(complaints.trimEnd().split('\n')).toEqual([
      'typed.yaml:6:52: `web.search` expects text for `query`, and `inputs.n` is a number (write string(inputs.n)) [TOOL_INPUT]',
      'typed.yaml:6:78: `web.search` expects a number for `limit`, and `inputs.q` is text (write double(inputs.q)) [TOOL_INPUT]',
      'typed.yaml:7:51: `+` does not take text and a whole number (write "1") [EXPRESSION_TYPE]',
      'typed.yaml:8:66: `steps.s.output` has no `reslts` (did you mean `results`?) [EXPRESSION_TYPE]',
      'typed.yaml:9:60: `inputs.q` is text and has no field `foo` [EXPRESSION_TYPE]',
      'typed.yaml:11:66: `steps.w.output` has no `txt` (did you mean `text`?) [EXPRESSION_TYPE]',
    ]);
  });

  it('warns of what fails only when it is reached', async () => {
    const source = typed(
      `  - { id: t, uses: transform, with: { value: "\${{ steps.s.output.results.map(r, r.tilte) }}" } }\n`,
    );
    writeFileSync(join(folder, 'typed.yaml'), source);
    expect(await telos(['check', 'typed.yaml'])).toMatchObject({
      code: 0,
      output:
        'typed.yaml: valid (typed)\ntyped.yaml:6:83: careful: `r` has no `tilte`: this fails whenever it is reached (did you mean `title`?) [EXPRESSION_TYPE]\n',
    });
  });

  it('warns a person again when the file is run', async () => {
    writeFileSync(join(folder, 'braces.yaml'), greeting.replace('${{', '{{'));
    const { code, complaints } = await telos(['run', 'braces.yaml', '--input', 'name=Ada']);
    expect(code).toBe(0);
    expect(complaints).toMatch(/^braces\.yaml:\d+:\d+: careful: `\{\{ .*\(write \$\{\{ inputs\.name \}\}\)/);
  });

  it('holds what a step gives another workflow against the file of that name', async () => {
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    const source = typed(`  - { id: g, workflow: { id: greeting, with: { name: "\${{ inputs.n }}" } } }
  - { id: u, uses: transform, with: { value: "\${{ steps.g.output.txet }}" } }
`);
    writeFileSync(join(folder, 'typed.yaml'), source);
    const { complaints } = await telos(['check', 'typed.yaml']);
    expect(complaints.trimEnd().split('\n')).toEqual([
      'typed.yaml:6:59: the input `name` of `greeting` expects text, and `inputs.n` is a number (write string(inputs.n)) [INVALID_VALUE]',
      'typed.yaml:7:66: `steps.g.output` has no `txet` (did you mean `text`?) [EXPRESSION_TYPE]',
    ]);
  });
});

describe('telos check --estimate', () => {
  it('tells behind each valid file what a run of it is likely to cost, and on what that rests', async () => {
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    const { code, output } = await telos(['check', '--estimate', 'greeting.yaml']);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^greeting\.yaml: valid \(greeting\)\n {2}step +times +calls +tokens +cost +time *\n {2}words +1 +1 +0 /,
    );
    expect(output).toContain('Assumed:');
    const json = await telos(['check', '--estimate', '--json', 'greeting.yaml']);
    expect(JSON.parse(json.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'estimate',
      workflow: 'greeting',
      expected: { calls: 2, usd: 0 },
      steps: [{ step: 'words', expected: { calls: 1 } }, { step: 'text' }],
    });
  });
});

describe('telos.yaml', () => {
  it('gives workflows the models and evaluators that they share', async () => {
    writeFileSync(
      join(folder, 'telos.yaml'),
      'models: { quick: offline/extractive }\nevaluators: { short: { uses: length, with: { max: 5 } } }\n',
    );
    writeFileSync(
      join(folder, 'a.yaml'),
      `telos: 1
id: a
steps:
  - { id: say, uses: llm, with: { model: quick, prompt: "What is a lease?\\n\\nA lease is a right for now." } }
  - { id: cut, uses: transform, with: { value: "too long" }, gate: { checks: [short] } }
`,
    );
    expect(await telos(['check', 'a.yaml'])).toMatchObject({ code: 0, output: 'a.yaml: valid (a)\n' });
    const { code, output } = await telos(['run', 'a.yaml']);
    expect(code).toBe(1);
    expect(output).toContain('GATE_FAILED');
  });
});

describe('files that are not what they should be', () => {
  const hello =
    'telos: 1\nid: hello\ninputs: { name: string }\nsteps: [{ id: a, uses: transform, with: { value: 1 } }]\n';
  const mark = '\uFEFF';

  it('are taken with the mark and the line ends that Windows gives them', async () => {
    writeFileSync(join(folder, 'marked.yaml'), mark + hello.replaceAll('\n', '\r\n'));
    writeFileSync(join(folder, 'marked.json'), `${mark}{ "name": "Ada" }\r\n`);
    expect(await telos(['run', 'marked.yaml', '--inputs', 'marked.json'])).toMatchObject({ code: 0 });
  });

  it.each([
    ['a folder', 'FILE_UNREADABLE: sub is a folder; name a file in it.', ['run', 'sub']],
    [
      'a file in UTF-16',
      'FILE_UNREADABLE: wide.yaml is not text in UTF-8, but in UTF-16. Save it as UTF-8',
      ['check', 'wide.yaml'],
    ],
    ['a file of bytes', 'FILE_UNREADABLE: bytes.yaml is not text in UTF-8.', ['run', 'bytes.yaml']],
    [
      'an empty file of inputs',
      'INPUT_INVALID: empty.json is empty. Write a JSON object',
      ['run', 'ok.yaml', '--inputs', 'empty.json'],
    ],
  ] as const)('are named for what they are: %s', async (_what, said, words) => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'ok.yaml'), hello);
    writeFileSync(join(folder, 'wide.yaml'), Buffer.from(mark + hello, 'utf16le'));
    writeFileSync(join(folder, 'bytes.yaml'), Buffer.from([0x74, 0xc3, 0x28, 0xff]));
    writeFileSync(join(folder, 'empty.json'), '\n');
    const { code, complaints } = await telos(words);
    expect(code).toBe(2);
    expect(complaints).toContain(said);
  });
});

describe('telos init', () => {
  it('lists templates, writes one, and leaves an existing file alone', async () => {
    expect((await telos(['init'])).output).toMatch(/^ask_folder +\S/m);
    expect((await telos(['init', 'ask_folder'])).code).toBe(0);
    expect(readFileSync(join(folder, 'ask_folder.yaml'), 'utf8')).toContain('id: ask_folder');
    expect(await telos(['init', 'ask_folder'])).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('exists already'),
    });
    expect((await telos(['init', 'ask_folder'])).complaints).toMatch(/^FILE_EXISTS: .*--force/s);
    writeFileSync(join(folder, 'ask_folder.yaml'), 'mine');
    expect((await telos(['init', 'ask_folder', '--force'])).code).toBe(0);
    expect(readFileSync(join(folder, 'ask_folder.yaml'), 'utf8')).toContain('id: ask_folder');
    expect((await telos(['init', 'ask_foldr'])).complaints).toContain('Did you mean ask_folder?');
    expect((await telos(['init', 'ask'])).complaints).toContain('Did you mean ask_folder?');
  });
});

describe('telos prune', () => {
  it('counts, then removes, what ended longer ago than it is told', async () => {
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    await telos(['run', 'greeting.yaml']);
    const yesterday = Date.now() - 86_400_000;
    const store = await openSqliteStore({ path: join(folder, '.telos/telos.db') });
    const lease = await anOwnedRun(store, { created: { at: yesterday } });
    await store.journal.append(lease, 1, [{ ...runSucceeded(), at: yesterday }]);
    await store.close();
    expect((await telos(['prune', '--older', '2h', '--dry-run'])).output).toBe(
      'Would remove 1 succeeded runs, and the values that they alone need.\n',
    );
    expect((await telos(['prune', '--older', '2h', '--status', 'failed'])).output).toBe('Nothing is that old.\n');
    expect((await telos(['prune'], { TELOS_RETENTION: 'succeeded=2h' })).output).toBe('Removed 1 succeeded runs.\n');
    expect((await telos(['prune', '--older', '2h'])).output).toBe('Nothing is that old.\n');
    expect((await telos(['runs'])).output.trim().split('\n')).toHaveLength(1);
    expect((await telos(['doctor'], { TELOS_RETENTION: '30d' })).output).toMatch(
      /retention: kept are runs that ended: succ/,
    );
  });

  it('removes nothing unless something says how old', async () => {
    expect(await telos(['prune'])).toMatchObject({ code: 2, complaints: expect.stringContaining('--older 30d') });
    expect(await telos(['prune', '--older', '5m'])).toMatchObject({ code: 2 });
    expect(await telos(['prune', '--status', 'failed'], { TELOS_RETENTION: 'succeeded=1d' })).toMatchObject({
      code: 2,
    });
  });
});

describe('a decision that nobody has carried out yet', () => {
  it('is told beside the step that still waits for it', async () => {
    writeFileSync(join(folder, 'ask.yaml'), 'telos: 1\nid: ask\nsteps:\n  - { id: ok, approve: { show: 1 } }\n');
    expect((await telos(['run', 'ask.yaml'])).code).toBe(3);
    expect((await telos(['show', 'last'])).output).not.toContain('Asked for');
    const { id } = JSON.parse((await telos(['approvals', '--json'])).output) as { id: string };
    expect((await telos(['approvals', 'approve', id])).code).toBe(0);
    expect((await telos(['show', 'last'])).output).toContain('\nAsked for, and not carried out yet: approve.\n');
    expect((await telos(['doctor', 'last'])).output).toContain('\n  Asked for, and not carried out yet: approve.\n');
  });
});

describe('telos doctor', () => {
  it('finds a new installation sound and says what could be added', async () => {
    const { code, output } = await telos(['doctor'], { OLLAMA_HOST: 'http://127.0.0.1:9' });
    expect(code).toBe(0);
    expect(output).toMatch(/^✓ node: /m);
    expect(output).toMatch(/^✓ store: .*version \d+, .*0 runs/m);
    expect(output).toMatch(/^✓ queue: local: /m);
    expect(output).toMatch(/^○ models: only offline\/extractive.*OPENAI_API_KEY/m);
  });

  it('says of a home that cannot be written to, of a damaged store and of a dead search server what to do', async () => {
    mkdirSync(join(folder, '.telos'));
    writeFileSync(join(folder, '.telos/telos.db'), 'this is no database, whatever its name says it should be');
    const { code, output } = await telos(['doctor'], { TELOS_SEARCH_URL: 'http://u:hunter2@127.0.0.1:9' });
    expect(output).not.toContain('hunter2');
    expect(code).toBe(1);
    expect(output).toMatch(/^✗ store: .+/m);
    expect(output).toMatch(/^✗ search SearXNG: .*does not answer\. Start it, or correct TELOS_SEARCH_URL\.$/m);
    writeFileSync(join(folder, 'file'), '');
    // In /proc nobody makes a folder, and the system does not say that there is no right to.
    for (const home of ['file', 'file/inner', '/proc/telos'])
      expect((await telos(['doctor'], { TELOS_HOME: home })).output).toMatch(
        /^✗ home: .*Name another folder with TELOS_HOME/m,
      );
  });

  it('says where the queue is that does not answer, without its password', async () => {
    const { code, output } = await telos(['doctor'], { TELOS_QUEUE_URL: 'redis://:hunter2@127.0.0.1:1' });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^✗ queue: .*redis:\/\/127\.0\.0\.1:1\/0 cannot be reached \(.*ECONNREFUSED.*TELOS_QUEUE_URL/m,
    );
    expect(output).not.toContain('hunter2');
  });

  it('says what runs wait for also while the queue is away', async () => {
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    await telos(['run', 'greeting.yaml', '--detach']);
    const { output } = await telos(['doctor'], { TELOS_QUEUE_URL: 'redis://127.0.0.1:1' });
    expect(output).toMatch(/^✗ queue: .*cannot be reached/m);
    expect(output).toContain('  No worker has taken the run yet');
  });

  it('lists settings that are wrong', async () => {
    const { code, output } = await telos(['doctor'], { TELOS_QUEUE_URL: 'mq:' });
    expect(code).toBe(1);
    expect(output).toContain('✗ settings: TELOS_QUEUE_URL: expected local:');
  });

  it('names settings that nobody reads, and not what Kubernetes has set', async () => {
    const { output } = await telos(['doctor'], {
      TELOS_STORE: 'postgres://host/db',
      TELOS_PORT: 'tcp://10.0.0.1:7420',
      TELOS_PORT_7420_TCP_ADDR: '10.0.0.1',
      TELOS_SERVICE_HOST: '10.0.0.1',
    });
    expect(output).toContain('○ settings: TELOS_STORE: nobody reads a setting of this name');
  });
});

describe('the catalogue', () => {
  it('lists tools with their effect, checks with what they need, models with what keeps them', async () => {
    expect((await telos(['tools'])).output).toMatch(/^transform +read +\S/m);
    expect((await telos(['checks'])).output).toMatch(/^contains +local +\S/m);
    expect((await telos(['models'], { OLLAMA_HOST: '127.0.0.1:9' })).output).toMatch(/^✓ {2}offline\/extractive/m);
  });

  it('tells what one tool takes and gives', async () => {
    const { code, output } = await telos(['tools', 'http.request']);
    expect(code).toBe(0);
    expect(output).toMatch(/^http\.request {2}write$/m);
    expect(output).toMatch(/^ {2}url +text +Required\.$/m);
    expect(output).toMatch(/^ {2}expect +list of whole number +Statuses of 400 and more/m);
    expect(output).toMatch(/^gives\n(?: {2}.*\n)*? {2}status +whole number$/m);
    const [line = ''] = (await telos(['tools', 'file.read', '--json'])).output.split('\n');
    expect(JSON.parse(line)).toMatchObject({ name: 'file.read', input: { required: ['path'] }, output: {} });
  });

  it('tells what one check takes, with its defaults', async () => {
    const { output } = await telos(['checks', 'overlap']);
    expect(output).toMatch(/^ {2}min +number +The part of the content words .*\. Default 0\.5\.$/m);
    expect(JSON.parse((await telos(['checks', 'contains', '--json'])).output)).toMatchObject({
      name: 'contains',
      params: { properties: { ignore_case: { type: 'boolean' } } },
    });
  });

  it('names the nearest of what it does not have', async () => {
    const tool = await telos(['tools', 'file.reed']);
    expect(tool.code).toBe(2);
    expect(tool.complaints).toContain('There is no tool file.reed. Did you mean file.read?');
    expect((await telos(['checks', 'contain'])).complaints).toContain('Did you mean contains?');
  });
});

describe('telos ingest and search', () => {
  it('find a passage in the words of a document', async () => {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(
      join(folder, 'docs/lease.md'),
      '# Leases\n\nA lease expires after fifteen seconds without renewal.\n',
    );
    expect((await telos(['ingest', 'handbook', 'docs'])).output).toContain('handbook: 1 read, 0 unchanged, 0 removed');
    const { code, output } = await telos(['search', 'handbook', 'when does a lease expire?']);
    expect(code).toBe(0);
    expect(output).toMatch(/^docs\/lease\.md {2}Leases .*\n[\s\S]*^ {2}.*fifteen seconds/m);
    expect((await telos(['search', 'handbok', 'lease'])).complaints).toContain('There are: handbook.');
  });
});

describe('telos plan', () => {
  const objective = 'Find in the folder docs how a run survives a crash';
  const withoutModels = { OLLAMA_HOST: '127.0.0.1:9' };
  beforeEach(() => {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/crash.md'), 'A run survives a crash because its journal is durable.\n');
  });

  it('shows a workflow and saves it where it can be checked and run', async () => {
    const { code, output } = await telos(['plan', objective, '--save', 'plan.yaml'], withoutModels);
    expect(code).toBe(0);
    expect(output).toContain('knowledge.search');
    expect(output).toContain('Planned by rules');
    expect(output).toContain('Run it with `telos run plan.yaml`.');
    expect(output).toContain('Inputs: folder, query.');
    expect((await telos(['check', 'plan.yaml'])).code).toBe(0);
    const run = await telos(['run', 'plan.yaml', '--input', 'query=crash'], withoutModels);
    expect(run).toMatchObject({ code: 0, output: expect.stringContaining('its journal is durable') });
    expect(await telos(['plan', objective, '--save', 'plan.yaml'], withoutModels)).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('plan.yaml exists already'),
    });
  });

  it('says before it plans that a file is there, or a folder in its place, or none to write into', async () => {
    writeFileSync(join(folder, 'there.yaml'), '');
    mkdirSync(join(folder, 'plans'));
    const plan = async (...words: readonly string[]) =>
      (await telos(['plan', objective, ...words], withoutModels)).complaints;
    expect(await plan('--save', 'there.yaml')).toMatch(
      /^FILE_EXISTS: there.yaml exists already. It was left as it is.*--force/s,
    );
    expect(await plan('--save', 'plans', '--force')).toMatch(
      /^FILE_EXISTS: plans exists already, and is a folder.*plans\/new.yaml/s,
    );
    expect(await plan('--save', 'gone/plan.yaml')).toContain(
      'gone/plan.yaml cannot be written: its folder does not exist',
    );
    expect(await plan('--force')).toContain('--force goes with --save');
    expect(await plan('--save', 'there.yaml', '--force')).toBe('');
  });

  it('runs the plan when it is approved at once', async () => {
    const { code, output } = await telos(['plan', objective, '--approve'], withoutModels);
    expect(code).toBe(0);
    expect(output).toContain('its journal is durable');
  });

  it('scores the objectives of a plan that is run, and says what nothing could test', async () => {
    const criteria = ['--criteria', 'quotes the documents', '--criteria', 'is written in rhyme'];
    const { code, output } = await telos(['plan', objective, '--approve', ...criteria, '--json'], withoutModels);
    expect(code).toBe(0);
    const result: { readonly outputs: unknown } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(result.outputs).toMatchObject({
      outcome: 'partly',
      objectives: [
        { id: 'o1', verdict: 'pass' },
        { id: 'c1', criterion: 'quotes the documents', verdict: 'pass' },
        { id: 'c2', criterion: 'is written in rhyme', verdict: 'untested' },
      ],
    });
    const shown = await telos(['show', 'last', '--step', 'work']);
    expect(shown.output).toMatch(/plan 1: \w+, by rules\n {2}✓ o1 .*\n {2}✓ c1 .*\n {2}\? c2 /);
  });

  it('saves the plan that a run has carried out', async () => {
    await telos(['plan', objective, '--approve'], withoutModels);
    expect(await telos(['plan', '--from', 'last', '--save', 'kept.yaml'], withoutModels)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Saved as kept.yaml. Inputs: folder, query.'),
    });
    expect((await telos(['check', 'kept.yaml'])).code).toBe(0);
    writeFileSync(join(folder, 'greeting.yaml'), greeting);
    await telos(['run', 'greeting.yaml', '--input', 'name=Ada'], withoutModels);
    expect(await telos(['plan', '--from', 'last', '--save', 'no.yaml'], withoutModels)).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('has carried out no plan'),
    });
  });

  it.each([
    [['plan'], 'It takes an objective, or --from'],
    [['plan', objective, '--rounds', '3'], 'they go with --approve'],
    [['plan', objective, '--approve', '--rounds', '9'], 'from 1 to 5'],
  ])('refuses %j', async (words, message) => {
    expect(await telos(words, withoutModels)).toMatchObject({ code: 2, complaints: expect.stringContaining(message) });
  });

  it('says what it cannot plan without a model', async () => {
    const { code, complaints } = await telos(['plan', 'Compose a poem about the sea'], withoutModels);
    expect(code).toBe(2);
    expect(complaints).toMatch(/^PLAN_NEEDS_MODEL: /);
  });

  it('keeps to the tools it is given', async () => {
    const { code, complaints } = await telos(['plan', objective, '--tools', 'web.*'], withoutModels);
    expect(code).toBe(2);
    expect(complaints).toMatch(/^PLAN_\w+: /);
  });
});
