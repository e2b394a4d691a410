import { describe, expect, it } from 'vitest';
import { heldClock, realClock } from '../testing/clocks.ts';
import { recordingContext } from '../testing/recording-context.ts';
import type { RecordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { scriptJsTool } from './script-js.ts';

const short = { memoryMb: 16, cpuMs: 100, wallMs: 60_000 };

function run(code: string, args?: unknown, context: RecordingContext = recordingContext()) {
  return runTool(scriptJsTool(realClock, short), args === undefined ? { code } : { code, args }, context);
}

describe('script.js', () => {
  it('gives what the body returns for its args', async () => {
    const code =
      'const total = args.items.reduce((sum, item) => sum + item.price, 0);\nreturn { total, n: args.items.length };';
    expect(await run(code, { items: [{ price: 2 }, { price: 3.5 }] })).toEqual({ total: 5.5, n: 2 });
  });

  it('gives null, and leaves undefined fields out', async () => {
    expect(await run('return null')).toBeNull();
    expect(await run('return { a: undefined, b: [1, "x", true, null], __proto__: null }')).toEqual({
      b: [1, 'x', true, null],
    });
  });

  it('waits for a promise', async () => {
    expect(await run('const value = await Promise.resolve(2); return value * 2')).toBe(4);
  });

  it('shows console output as progress, and bounds it', async () => {
    const context = recordingContext();
    await run(
      'console.log("a", { b: 1 }); console.error("x".repeat(9000)); for (let i = 0; i < 1000; i++) console.log(i); return 1',
      {},
      context,
    );
    expect(context.lines[0]).toBe('a {"b":1}');
    expect(context.lines[1]).toHaveLength(2000);
    expect(context.lines).toHaveLength(201);
    expect(context.lines.at(-1)).toBe('(further lines are not shown)');
  });

  it.each([
    ['process', 'undefined'],
    ['require', 'undefined'],
    ['fetch', 'undefined'],
    ['setTimeout', 'undefined'],
    ['WebAssembly.x', 'undefined'],
    ['globalThis.constructor.constructor("return typeof process")()', 'string'],
  ])('has no %s', async (expression, kind) => {
    expect(await run(`return typeof ${expression}`)).toBe(kind);
  });

  it('cannot import modules', async () => {
    await expect(run('const fs = await import("node:fs"); return 1')).rejects.toMatchObject({ code: 'SCRIPT_FAILED' });
  });

  it('cannot get out through the console', async () => {
    expect(await run('return typeof console.log.constructor("return typeof process")().env')).toBe('undefined');
  });

  it('leaves nothing behind for the next call', async () => {
    expect(await run('globalThis.kept = 1; Array.prototype.kept = 1; return 1')).toBe(1);
    expect(await run('return [typeof globalThis.kept, typeof [].kept]')).toEqual(['undefined', 'undefined']);
  });

  it('changes nothing of its args outside', async () => {
    const args = { list: [1] };
    await run('args.list.push(2); return args', args);
    expect(args).toEqual({ list: [1] });
  });

  it.each([
    ['const a = 1;\n  throw new TypeError("bad");', 'TypeError: bad', 2, 9],
    ['return args.missing.field', "reading 'field'", 1, 21],
    ['const a = 1;\nconst b = ;\nreturn 1', 'SyntaxError', 2, 11],
    ['return nonesuch', 'nonesuch is not defined', 1, 1],
  ])('says where %j failed', async (code, message, line, column) => {
    await expect(run(code, {})).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining(message),
      details: { line, column },
    });
  });

  it('survives a script that calls itself for ever', async () => {
    const running = run('\nconst f = () => f(); return f()');
    await expect(running).rejects.toMatchObject({ code: 'SCRIPT_FAILED', details: { line: 2 } });
  });

  it('says so when something other than an error is thrown', async () => {
    await expect(run('throw { a: 1 }')).rejects.toMatchObject({ code: 'SCRIPT_FAILED' });
    await expect(run('throw "text"')).rejects.toMatchObject({ code: 'SCRIPT_FAILED' });
  });

  it.each([
    ['return { a: [1, new Date(0)] }', 'result.a[1] is Date'],
    ['return NaN', 'result is NaN'],
    ['return [1, undefined]', 'result[1] is undefined'],
    ['return new Map()', 'result is Map'],
    ['return 1n', 'result is bigint'],
    ['return { f: () => 1 }', 'could not be cloned'],
    ['args.x = 1', 'returned nothing'],
  ])('refuses %j, whose result is not JSON', async (code, said) => {
    await expect(run(code, {})).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining(said),
    });
  });

  it('refuses a result that contains itself', async () => {
    await expect(run('const a = {}; a.a = a; return a')).rejects.toMatchObject({ code: 'SCRIPT_FAILED' });
  });

  it('stops a script that computes for ever', async () => {
    await expect(run('while (true) {}')).rejects.toMatchObject({ code: 'SCRIPT_TIMEOUT', kind: 'terminal' });
    // Each promise takes memory too: it depends on the collector which of the bounds comes first.
    await expect(run('const again = () => Promise.resolve().then(again); return again()')).rejects.toMatchObject({
      code: expect.stringMatching(/^SCRIPT_(TIMEOUT|MEMORY)$/),
    });
    await expect(run('return /^(a+)+$/.test("a".repeat(40) + "!")')).rejects.toMatchObject({ code: 'SCRIPT_TIMEOUT' });
  });

  it('lets a script have what it is given, and no more', async () => {
    const busy = 'const end = Date.now() + 150; while (Date.now() < end) {} return "done"';
    const given = (more: object): Promise<unknown> =>
      runTool(scriptJsTool(realClock, { ...short, cpuMs: 1 }), { code: busy, ...more }, recordingContext());
    await expect(given({})).rejects.toMatchObject({ code: 'SCRIPT_TIMEOUT' });
    expect(await given({ cpu_ms: 20_000 })).toBe('done');
    const large = 'return new Array(1e6).fill().map((_, i) => ({ i })).length';
    const sized = (memory: number): Promise<unknown> =>
      runTool(
        scriptJsTool(realClock, { ...short, cpuMs: 20_000 }),
        { code: large, memory_mb: memory },
        recordingContext(),
      );
    await expect(sized(16)).rejects.toMatchObject({ code: 'SCRIPT_MEMORY' });
    expect(await sized(512)).toBe(1_000_000);
  });

  it('stops a script that waits for what never comes', async () => {
    const clock = heldClock();
    const running = runTool(
      scriptJsTool(clock, short),
      { code: 'console.log("waiting"); return new Promise(() => {})' },
      recordingContext({ progress: () => void clock.advance(61_000) }),
    );
    await expect(running).rejects.toMatchObject({
      code: 'SCRIPT_TIMEOUT',
      message: expect.stringContaining('60000 ms'),
    });
  });

  it.each([
    'const a = []; while (true) a.push(new Array(1e5).fill(1))',
    'const a = []; while (true) a.push(new Uint8Array(1e7))',
    'let s = "x"; while (true) s += s + s.slice(1)[0]',
  ])('stops a script that takes too much memory: %s', async (code) => {
    const tool = scriptJsTool(realClock, { ...short, cpuMs: 20_000 });
    const running = runTool(tool, { code }, recordingContext());
    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/^SCRIPT_(MEMORY|FAILED)$/) });
    expect(await run('return 1')).toBe(1);
  });

  // Each of these ended or held up the whole engine when its isolate was in the engine's own process.
  it.each([
    ['a text larger than its memory', 'return "x".repeat(2 ** 28)', 'SCRIPT_'],
    ['a list of four thousand million holes', 'const a = []; a.length = 2 ** 32 - 1; return a', 'SCRIPT_'],
    [
      'a small list that unfolds without end',
      'let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; return a',
      'SCRIPT_FAILED',
    ],
    ['more text than a result may have', 'return "x".repeat(2e7)', 'SCRIPT_FAILED'],
    ['an error of spaces', 'throw new Error(" ".repeat(5e6))', 'SCRIPT_FAILED'],
    ['an error larger than its memory', 'throw new Error("x".repeat(2 ** 28))', 'SCRIPT_'],
    [
      'memory that no garbage collector counts',
      'const m = new WebAssembly.Memory({ initial: 16000 }); new Uint8Array(m.buffer).fill(1); while (true) {}',
      'SCRIPT_',
    ],
    ['a lock that nobody opens', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', 'SCRIPT_'],
  ])('ends alone, whatever it does: %s', async (_what, code, says) => {
    const tool = scriptJsTool(realClock, { memoryMb: 16, cpuMs: 500, wallMs: 3000 });
    await expect(runTool(tool, { code }, recordingContext())).rejects.toMatchObject({
      code: expect.stringContaining(says),
    });
    expect(await runTool(tool, { code: 'return 1' }, recordingContext())).toBe(1);
  });

  it('changes no prototype outside', async () => {
    await run(`return JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')`);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('stops when its signal aborts, with the reason', async () => {
    const cancel = new AbortController();
    const context = recordingContext({
      signal: cancel.signal,
      progress: () => cancel.abort(new Error('cancelled by the run')),
    });
    const tool = scriptJsTool(realClock, { ...short, cpuMs: 60_000 });
    await expect(runTool(tool, { code: 'console.log("on"); while (true) {}' }, context)).rejects.toThrow(
      'cancelled by the run',
    );
  });

  it('does not start when its signal has aborted already', async () => {
    const context = recordingContext({ signal: AbortSignal.abort(new Error('too late')) });
    await expect(run('return 1', {}, context)).rejects.toThrow('too late');
  });
});
