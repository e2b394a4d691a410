import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CompileApart } from '@telos/api/runs';
import type { CompileResult } from '@telos/language';
import type { Config } from '../config/config.ts';
import type { CompileOrder } from './compile-thread.ts';

/** In UTF-16 units. A shorter text is compiled before a thread would have begun. */
const shortText = 50_000;
const longestMs = 30_000;
const mostMemoryMb = 1024;

/**
 * Compiles large texts one after the other, each in a thread that ends with it,
 * so that the server goes on answering and a text made to cost much costs no more
 * than its time. A text whose files are to be read belongs to somebody at this
 * machine and is compiled here.
 */
export function createCompileApart(config: Config, workspace: string, mostMs = longestMs): CompileApart {
  let before: Promise<unknown> = Promise.resolve();
  return ({ source, file, readFile }) => {
    if (source.length <= shortText || readFile !== undefined) return undefined;
    const order: CompileOrder = { config, workspace, source, ...(file === undefined ? {} : { file }) };
    const result = before.then(() => compileInThread(order, mostMs));
    before = result.catch(() => undefined);
    return result;
  };
}

async function compileInThread(order: CompileOrder, mostMs: number): Promise<CompileResult> {
  const isSource = import.meta.filename.endsWith('.ts');
  // Not `import.meta.url`: the thread of a bundle stands in the bundle.
  const program = join(import.meta.dirname, isSource ? 'compile-thread.ts' : 'compile-thread.js');
  const thread = new Worker(pathToFileURL(program), {
    workerData: order,
    execArgv: isSource ? ['--conditions=source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
  });
  const { promise, resolve, reject } = Promise.withResolvers<CompileResult>();
  const timer = setTimeout(() => resolve(tooLarge(order, `it takes more than ${mostMs} ms`)), mostMs);
  thread.once('message', (result: CompileResult) => resolve(result)); // only compile-thread.ts writes here
  thread.once('error', (error: unknown) => {
    const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (isMemory) resolve(tooLarge(order, `it takes more than ${mostMemoryMb} MB of memory`));
    else reject(error);
  });
  thread.once('exit', () => reject(new Error('The thread that compiles ended early.')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

function tooLarge({ file }: CompileOrder, message: string): CompileResult {
  const fault = { code: 'WORKFLOW_TOO_LARGE', file: file ?? '<source>', line: 1, column: 1, path: '' };
  return { ok: false, faults: [{ ...fault, message: `the workflow cannot be compiled: ${message}` }] };
}
