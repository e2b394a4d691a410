import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHold, startModelServer } from '@telos/testkit/model-server';
import type { ModelServer } from '@telos/testkit/model-server';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import { openStore } from '../compose/open-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { testsOfRuns } from './tests-of-runs.ts';
import type { Environment, Terminal } from '../terminal.ts';

const repository = new URL('../../../../', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-test-'));
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

type Line = { readonly type: string; readonly [key: string]: unknown };

async function telos(
  line: readonly string[],
  world: Partial<Pick<Terminal, 'isInteractive' | 'folder' | 'onInterrupt'>> & {
    readonly environment?: Environment;
  } = {},
) {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(line, {
    environment: {},
    folder,
    isInteractive: false,
    hasColour: false,
    size: () => ({ columns: 160, rows: 40 }),
    complain: (text) => void (complaints += text),
    onInterrupt: () => () => {},
    now: () => Date.now(),
    ...world,
    write: (text) => void (output += text),
  });
  const lines = (): readonly Line[] =>
    output
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => JSON.parse(each) as Line);
  const failures = (): readonly string[] =>
    lines().flatMap(({ failures: some = [] }) =>
      (some as readonly { readonly of: string; readonly message: string }[]).map(
        ({ of, message }) => `${of}: ${message}`,
      ),
    );
  return { code, output, complaints, lines, failures };
}

async function modelServer(...texts: readonly string[]): Promise<ModelServer & { readonly environment: Environment }> {
  const server = await startModelServer({ rules: texts.map((text) => ({ times: 1, reply: { text } })) });
  onTestFinished(() => server.close());
  return { ...server, environment: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' } };
}

const shout = `telos: 1
id: shout
inputs: { word: string }
steps:
  - { id: say, uses: transform, with: { value: "\${{ inputs.word + '!' }}" } }
outputs: { text: "\${{ steps.say.output }}" }
`;

const twice = `telos: 1
id: twice
inputs: { word: string }
models: { main: openai/scripted }
steps:
  - { id: first, uses: llm, with: { model: main, prompt: "Begin with \${{ inputs.word }}" } }
  - { id: second, uses: llm, with: { model: main, prompt: "Go on from \${{ steps.first.output.text }} in \${{ run.id }}" } }
outputs: { text: "\${{ steps.second.output.text }}" }
`;

const twiceTest = `telos: 1
test: twice
workflow: ./twice.yaml
cases:
  one:
    inputs: { word: red }
    expect:
      outputs: { text: roses }
      calls: [{ model: openai/scripted, times: 2 }]
`;

describe('the tests of the workflows that come with Telos', () => {
  it('pass offline, by what is recorded', async () => {
    const files = readdirSync(join(repository, 'workflows/tests'))
      .filter((name) => name.endsWith('.test.yaml'))
      .map((name) => `workflows/tests/${name}`);
    const home = mkdtempSync(join(tmpdir(), 'telos-test-home-'));
    const { code, failures, lines } = await telos(['test', ...files], {
      folder: repository,
      environment: { TELOS_HOME: home, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'key' },
    });
    expect(failures()).toEqual([]);
    expect(code).toBe(0);
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(lines().at(-1)).toMatchObject({ type: 'result', failed: 0 });
    // Nothing is kept of the runs.
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('telos test', () => {
  it('gives an object a case, what was not as expected, and exit code 1 when a case fails', async () => {
    write('shout.yaml', shout);
    write(
      'shout.test.yaml',
      `telos: 1
test: shout
workflow: shout
cases:
  loud: { inputs: { word: red }, expect: { outputs: { text: red! } } }
  quiet:
    inputs: { word: blue }
    expect:
      outputs: { text: blue }
      checks: ["output.text.size() > 9", { length: { max: 2 } }]
      steps: { say: { status: skipped, attempts: 2 } }
      not_run: [say]
      calls: [{ tool: transform, with: { value: blue } }, { tool: http.request, times: 1 }]
      error: TOOL_FAILED
`,
    );
    const { code, lines, failures } = await telos(['test', 'shout.test.yaml']);
    expect(code).toBe(1);
    expect(lines()).toMatchObject([
      { type: 'case', file: 'shout.test.yaml', line: 5, test: 'shout', case: 'loud', passed: true, failures: [] },
      { type: 'case', case: 'quiet', passed: false, status: 'succeeded' },
      { type: 'result', passed: 1, failed: 1 },
    ]);
    expect(failures()).toEqual([
      'status: expected failed, got succeeded',
      'outputs.text: expected "blue", got "blue!"',
      expect.stringMatching(/^checks: output\.text\.size\(\) > 9/),
      expect.stringMatching(/^checks: length/),
      'steps.say.status: expected skipped, got succeeded',
      'steps.say.attempts: expected 2, got 1',
      'not_run: say ran',
      'calls[0].with.value: expected "blue", got "blue!"',
      'calls[1]: expected 1 of http.request, got 0',
    ]);
  });

  it('shows a person each case and what was not as expected', async () => {
    write('shout.yaml', shout);
    write(
      'shout.test.yaml',
      'telos: 1\ntest: shout\nworkflow: shout\ncases:\n  a: { inputs: { word: x }, expect: { outputs: { text: x } } }\n  b: { inputs: { word: x } }\n',
    );
    const { output } = await telos(['test', 'shout.test.yaml'], { isInteractive: true });
    expect(output).toMatch(
      /^shout\.test\.yaml\n {2}✗ a .*\n {6}outputs\.text: expected "x", got "x!"\n {2}✓ b .*\n\n1 passed, 1 failed\n$/,
    );
    const all = await telos(['test', '.']);
    expect(all.lines().at(-1)).toEqual({ type: 'result', passed: 1, failed: 1 });
    mkdirSync(join(folder, 'empty'));
    const empty = await telos(['test', 'empty']);
    expect([empty.code, empty.complaints]).toEqual([2, expect.stringContaining('There is no test in empty.')]);
    const one = await telos(['test', '--case', 'b', 'shout.test.yaml']);
    expect(one.code).toBe(0);
    const none = await telos(['test', '--case', 'c', 'shout.test.yaml']);
    expect([none.code, none.complaints]).toEqual([2, expect.stringContaining('There is no case c.')]);
  });

  it('names each fault of its files by line and column, runs nothing, and ends with exit code 2', async () => {
    write('shout.yaml', shout);
    write('shout.test.yaml', 'telos: 1\ntest: shout\nworkflow: shoot\ncases: { a: {} }\n');
    const { code, complaints, lines } = await telos(['test', 'shout.test.yaml']);
    expect(code).toBe(2);
    expect(complaints).toBe(
      'shout.test.yaml:3:11: there is no workflow `shoot` beside the test or in workflows/; did you mean `shout`? (Check the id; `telos runs` shows which workflows ran.) [WORKFLOW_NOT_FOUND]\n'.replace(
        /\(Check.*ran\.\)/,
        complaints.match(/\([A-Z].*\)(?= \[)/)?.[0] ?? '',
      ),
    );
    expect(lines()).toMatchObject([{ type: 'fault', code: 'WORKFLOW_NOT_FOUND', line: 3 }]);
  });

  it('takes no time for waits and backoffs, and answers for people and senders', async () => {
    write(
      'slow.yaml',
      `telos: 1
id: slow
steps:
  - { id: nap, wait: { for: 30d } }
  - { id: flaky, uses: file.read, with: { path: a.txt }, retry: { max: 4, delay: 1h, max_delay: 1d, jitter: false } }
  - { id: ask, approve: { form: { sure: boolean }, timeout: 1d } }
  - { id: hear, wait: { signal: done } }
outputs: { text: "\${{ steps.flaky.output.text }}", sure: "\${{ steps.ask.output.value.sure }}", heard: "\${{ steps.hear.output }}" }
`,
    );
    const test = `telos: 1
test: slow
workflow: slow
now: 2026-05-01T12:00:00Z
mocks:
  flaky:
    - { error: { code: TOOL_FAILED, kind: retryable } }
    - { error: { code: TOOL_FAILED, kind: retryable } }
    - { output: { path: a.txt, text: at last, bytes: 7, media_type: text/plain } }
decisions: { ask: { decision: approve, value: { sure: true }, as: anna } }
signals: { done: [1, 2] }
cases:
  all:
    expect:
      outputs: { text: at last, sure: true, heard: [1, 2] }
      steps: { flaky: { attempts: 3 }, ask: { checks: ["output.by == 'anna'"] } }
      order: [nap, flaky, ask, hear]
      checks: ["timestamp(steps.nap.output.at) == timestamp('2026-05-31T12:00:00Z')"]
      at_most: { wall: 31d }
`;
    write('slow.test.yaml', test);
    const begun = performance.now();
    const { failures, code } = await telos(['test', 'slow.test.yaml']);
    expect(failures()).toEqual([]);
    expect(code).toBe(0);
    expect(performance.now() - begun).toBeLessThan(15_000);
    write(
      'slow.test.yaml',
      test.replace(/^signals.*\n/m, '').replace(/ {4}expect:[\s\S]*/, '    expect: { status: waiting, not_run: [] }\n'),
    );
    expect((await telos(['test', 'slow.test.yaml'])).failures()).toEqual([]);
    write('slow.test.yaml', test.replace('sure: true }, as', 'sure: 3 }, as'));
    expect((await telos(['test', 'slow.test.yaml'])).failures()[0]).toMatch(/^run: ask: .*sure/);
  });
});

describe('a cassette', () => {
  it('is written by --record, and answers when there is no server any more', async () => {
    write('twice.yaml', twice);
    write('twice.test.yaml', twiceTest);
    const server = await modelServer('red', 'roses');
    const recorded = await telos(['test', '--record', 'twice.test.yaml'], { environment: server.environment });
    expect(recorded.failures()).toEqual([]);
    expect(recorded.lines()[0]).toMatchObject({ passed: true, recorded: { calls: 2, masked: 0 } });
    expect(server.requests).toHaveLength(2);
    await server.close();
    const { code, failures, lines } = await telos(['test', 'twice.test.yaml']);
    expect(failures()).toEqual([]);
    expect(code).toBe(0);
    // Its usage is what it was.
    expect(lines()[0]).toMatchObject({ calls: 2, usage: { calls: 2 } });
    // The same again is the same text.
    expect(read('twice.cassette.yaml')).toContain('text: Go on from red in <run.id>');
  });

  it('that has no answer to a call says which step made it, how the nearest one differs, and what to do', async () => {
    write('twice.yaml', twice);
    write('twice.test.yaml', twiceTest);
    const none = await telos(['test', 'twice.test.yaml']);
    expect(none.code).toBe(1);
    expect(none.failures()).toEqual([
      expect.stringMatching(
        /^first: first calls openai\/scripted, and the cassette has no answer to that: it has no call like it\. .*--record/,
      ),
    ]);
    const server = await modelServer('red', 'roses');
    await telos(['test', '--record', 'twice.test.yaml'], { environment: server.environment });
    write('twice.yaml', twice.replace('Begin with', 'Start with'));
    expect((await telos(['test', 'twice.test.yaml'])).failures()).toEqual([
      expect.stringContaining(
        'The nearest recorded call differs: with.messages[0].text: expected "Begin with red", got "Start with red".',
      ),
    ]);
  });

  it('gets by --record-missing the answers that it has not, and keeps the others', async () => {
    write('twice.yaml', twice);
    write('twice.test.yaml', twiceTest);
    const server = await modelServer('red', 'roses', 'tulips');
    await telos(['test', '--record', 'twice.test.yaml'], { environment: server.environment });
    write('twice.yaml', twice.replace('Go on from', 'Leave from'));
    write('twice.test.yaml', twiceTest.replace('roses', 'tulips'));
    const more = await telos(['test', '--record-missing', 'twice.test.yaml'], { environment: server.environment });
    expect(more.failures()).toEqual([]);
    expect(server.requests).toHaveLength(3);
    expect((await telos(['test', 'twice.test.yaml'])).code).toBe(0);
    // Nothing is missing, so nobody is asked.
    await telos(['test', '--record-missing', 'twice.test.yaml'], { environment: server.environment });
    expect(server.requests).toHaveLength(3);
  });

  it('has what failed, too, and the attempts that came after it', async () => {
    write(
      'twice.yaml',
      twice.replace('}" } }\n  - { id: second', '}" }, retry: { max: 2, errors: [unavailable] } }\n  - { id: second'),
    );
    write(
      'twice.test.yaml',
      twiceTest
        .replace('times: 2', 'times: 3')
        .replace('expect:\n', 'expect:\n      steps: { first: { attempts: 2 } }\n'),
    );
    const server = await startModelServer({
      rules: [
        { times: 1, reply: { status: 503 } },
        { times: 1, reply: { text: 'red' } },
        { times: 1, reply: { text: 'roses' } },
      ],
    });
    onTestFinished(() => server.close());
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    expect((await telos(['test', '--record', 'twice.test.yaml'], { environment })).failures()).toEqual([]);
    expect((await telos(['test', 'twice.test.yaml'])).failures()).toEqual([]);
    expect(read('twice.cassette.yaml')).toContain('code: MODEL_UNAVAILABLE');
  });

  it('holds no secret and nothing private, unless that is allowed', async () => {
    write('secret.txt', 'Anna earns 4711 a month.');
    write(
      'pay.yaml',
      `telos: 1
id: pay
models: { main: openai/scripted }
tools: { books: { http: { url: "http://127.0.0.1:9", headers: { authorization: "Bearer \${{ secrets.BOOKS }}" } } } }
steps:
  - { id: note, uses: file.read, with: { path: secret.txt, private: true } }
  - { id: sum, uses: llm, with: { model: main, prompt: "Sum up: \${{ steps.note.output.text }}" } }
  - { id: ask, uses: http.request, with: { method: GET, url: "http://127.0.0.1:9/", auth: "\${{ secrets.BOOKS }}" }, on_error: continue }
outputs: { text: "\${{ steps.sum.output.text }}" }
`.replace(/^tools:.*\n/m, ''),
    );
    const test = 'telos: 1\ntest: pay\nworkflow: pay\ncases: { a: { expect: { ran: [sum, ask] } } }\n';
    write('pay.test.yaml', test);
    const server = await modelServer('She earns 4711.', 'She earns 4711.');
    const environment = { ...server.environment, TELOS_SECRET_BOOKS: 'very-secret-word' };
    const masked = await telos(['test', '--record', 'pay.test.yaml'], { environment });
    expect(masked.failures()).toEqual([]);
    expect(masked.lines()[0]).toMatchObject({ recorded: { calls: 3 } });
    const cassette = read('pay.cassette.yaml');
    expect(cassette).not.toMatch(/4711|very-secret-word/);
    expect(cassette).toMatch(/Sum up: <private \d>/);
    expect(cassette).toContain('<secret BOOKS>');
    // Secrets need not be set where nothing is called.
    expect((await telos(['test', 'pay.test.yaml'])).failures()).toEqual([]);
    write('pay.test.yaml', test.replace('cases:', 'keep_private: true\ncases:'));
    await telos(['test', '--record', 'pay.test.yaml'], { environment });
    expect(read('pay.cassette.yaml')).toContain('Sum up: Anna earns 4711 a month.');
    expect(read('pay.cassette.yaml')).not.toContain('very-secret-word');
  });

  it('holds nothing of what calls gave that a rail has hidden, and the rail finds what stands for it', async () => {
    write('mail.txt', 'From anna@acme.example, +49 170 1234567: where is my order?');
    write(
      'reply.yaml',
      `telos: 1
id: reply
inputs: { to: string }
models: { main: openai/scripted }
steps:
  - { id: mail, uses: file.read, with: { path: mail.txt }, rails: { tool_result: [{ pii: redact }] } }
  - { id: reply, uses: llm, with: { model: main, prompt: "Answer \${{ steps.mail.output.text }} to \${{ inputs.to }}" } }
outputs: { text: "\${{ steps.reply.output.text }}" }
`,
    );
    const test =
      'telos: 1\ntest: reply\nworkflow: reply\ncases: { a: { inputs: { to: bob@acme.example }, expect: { ran: [reply] } } }\n';
    write('reply.test.yaml', test);
    const server = await modelServer('Dear <EMAIL_1>, on its way.', 'Dear <EMAIL_1>, on its way.');
    const recorded = await telos(['test', '--record', 'reply.test.yaml'], { environment: server.environment });
    expect(recorded.failures()).toEqual([]);
    expect(recorded.lines()[0]).toMatchObject({ recorded: { calls: 2, masked: 2 } });
    const cassette = read('reply.cassette.yaml');
    expect(cassette).not.toMatch(/anna|1234567/);
    expect(cassette).toMatch(/From private\.\d@example\.org, <private \d>: where is my order/);
    // As it was hidden from the model, so it is when the test is made.
    expect(cassette).toMatch(/Answer From <EMAIL_1>, <private \d>: where is my order/);
    expect(cassette).toContain('to bob@acme.example');
    expect((await telos(['test', 'reply.test.yaml'])).failures()).toEqual([]);
    write('reply.test.yaml', test.replace('cases:', 'keep_private: true\ncases:'));
    await telos(['test', '--record', 'reply.test.yaml'], { environment: server.environment });
    expect(read('reply.cassette.yaml')).toContain('anna@acme.example');
  });

  it('answers an agent, turn by turn, with the tools that it called', async () => {
    write('notes.txt', 'The kettle is in the hall.');
    write(
      'find.yaml',
      `telos: 1
id: find
models: { main: openai/scripted }
steps:
  - id: ask
    agent: { model: main, tools: [file.read], instructions: Find things., input: Where is the kettle? }
outputs: { text: "\${{ steps.ask.output.text }}" }
`,
    );
    write(
      'find.test.yaml',
      'telos: 1\ntest: find\nworkflow: find\nkeep_private: true\ncases: { a: { expect: { outputs: { text: In the hall. }, calls: [{ tool: file.read, with: { path: notes.txt } }] } } }\n',
    );
    const server = await startModelServer({
      rules: [
        { times: 1, reply: { toolCalls: [{ name: 'file.read', input: { path: 'notes.txt' } }] } },
        { times: 1, reply: { text: 'In the hall.' } },
      ],
    });
    onTestFinished(() => server.close());
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    expect((await telos(['test', '--record', 'find.test.yaml'], { environment })).failures()).toEqual([]);
    writeFileSync(join(folder, 'notes.txt'), 'It is gone.');
    expect((await telos(['test', 'find.test.yaml'])).failures()).toEqual([]);
  });

  it('has a call that was let go, which waits until it is let go again', async () => {
    write(
      'both.yaml',
      `telos: 1
id: both
models: { main: openai/scripted }
steps:
  - id: side
    parallel:
      slow: [{ id: ask, uses: llm, with: { model: main, prompt: Take your time. } }]
      quick: [{ id: get, uses: file.read, with: { path: nowhere.txt } }]
`,
    );
    write(
      'both.test.yaml',
      'telos: 1\ntest: both\nworkflow: both\ncases: { a: { expect: { error: { step: side.quick.get } } } }\n',
    );
    const hold = createHold();
    const server = await startModelServer({ fallback: { text: 'at last', holdBefore: hold } });
    onTestFinished(() => server.close());
    onTestFinished(() => hold.release());
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    expect((await telos(['test', '--record', 'both.test.yaml'], { environment })).failures()).toEqual([]);
    expect((await telos(['test', 'both.test.yaml'])).failures()).toEqual([]);
    expect(read('both.cassette.yaml')).toContain('code: CANCELLED');
  });

  it('is not needed by a test that calls nobody', async () => {
    write('shout.yaml', shout);
    write('shout.test.yaml', 'telos: 1\ntest: shout\nworkflow: shout\ncases: { a: { inputs: { word: x } } }\n');
    await telos(['test', '--record', 'shout.test.yaml']);
    expect((await telos(['test', 'shout.test.yaml'])).code).toBe(0);
    expect(existsSync(join(folder, 'shout.cassette.yaml'))).toBe(true);
  });
});

describe('a run that happened', () => {
  it('becomes a case that passes: what it was given and told, and what its calls gave', async () => {
    write(
      'ask.yaml',
      `telos: 1
id: ask
inputs: { word: string }
models: { main: openai/scripted }
steps:
  - id: draft
    uses: llm
    with: { model: main, prompt: "About \${{ inputs.word }}, at \${{ now() }}", output: { schema: { type: object, properties: { text: { type: string } }, required: [text] } } }
    gate: { checks: [size(output.text) > 3], on_fail: [{ repair: 1 }] }
  - { id: ok, approve: { who: [editors], form: { title: string } } }
  - { id: hear, wait: { signal: done } }
outputs: { text: "\${{ steps.draft.output.text }}", title: "\${{ steps.ok.output.value.title }}", heard: "\${{ steps.hear.output }}", by: "\${{ steps.ok.output.by }}", run: "\${{ run.id }}" }
`,
    );
    const server = await modelServer('no JSON', '{"text":"no"}', '{"text":"roses"}');
    const { environment } = server;
    const ran = await telos(['run', 'ask.yaml', '--input', 'word=red'], { environment });
    expect([ran.code, ran.complaints]).toEqual([3, '']);
    const early = await telos(['test', '--from', 'last', 'ask.test.yaml']);
    expect([early.code, early.complaints]).toEqual([2, expect.stringContaining('has not ended')]);
    const run = String(ran.lines().at(-1)?.['run']);
    const asked = (await telos(['approvals', '--json'])).lines()[0]?.['id'];
    await telos(['approvals', 'approve', String(asked), '--as', 'anna, editors', '--set', 'title=Roses']);
    await telos(['signal', run, 'done', '[1]']);
    await telos(['run', 'ask.yaml', '--input', 'word=none'], {
      environment: { ...environment, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
    });
    await resumed(run, environment);
    await server.close();

    const made = await telos(['test', '--from', run, 'tests/ask.test.yaml', '--case', 'red']);
    expect([made.code, made.complaints]).toEqual([0, '']);
    const tested = await telos(['test', 'tests/ask.test.yaml']);
    expect(tested.failures()).toEqual([]);
    expect(tested.lines()[0]).toMatchObject({ case: 'red', passed: true, status: 'succeeded' });
    const text = read('tests/ask.test.yaml');
    expect(text).toContain('workflow: ../ask.yaml');
    for (const line of ['text: roses', 'title: Roses', 'run: <run.id>', 'by: anna']) expect(text).toContain(line);
    expect(read('tests/ask.cassette.yaml')).not.toContain('no JSON');

    // The same for whoever asks the server.
    const config = await loadConfig({}, folder);
    const store = await openStore(config);
    onTestFinished(() => store.close());
    const testOf = testsOfRuns(store, { config, environment: {}, workspace: folder, report: () => {} });
    const files = await testOf(run, { keepsPrivate: false, name: 'red' });
    expect(files).toMatchObject({
      case: 'red',
      masked: 0,
      test: { name: 'ask.test.yaml' },
      workflow: { name: 'ask.yaml' },
    });
    expect(files.cassette).toEqual({ name: 'ask.cassette.yaml', text: read('tests/ask.cassette.yaml') });
    await expect(testOf('no-run', { keepsPrivate: false })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });

    const failed = await telos(['test', '--from', 'last', 'tests/ask.test.yaml', '--case', 'away']);
    expect([failed.code, failed.complaints]).toEqual([0, '']);
    expect((await telos(['test', 'tests/ask.test.yaml'])).failures()).toEqual([]);
    expect(read('tests/ask.test.yaml')).toContain('error: MODEL_UNAVAILABLE');
    const twiceTheSame = await telos(['test', '--from', run, 'tests/ask.test.yaml', '--case', 'red']);
    expect([twiceTheSame.code, twiceTheSame.complaints]).toEqual([
      2,
      expect.stringContaining('has a case red already'),
    ]);
  });
});

/** Until a run has ended that waits for nobody any more: as `telos serve` goes on with it. */
async function resumed(run: string, environment: Environment): Promise<void> {
  const stop = Promise.withResolvers<void>();
  const worker = telos(['worker'], { environment, onInterrupt: (listener) => (stop.promise.then(listener), () => {}) });
  await telos(['watch', run]);
  stop.resolve();
  await worker;
}
