/** The thread that compiles one large text. Its catalogue is its own: tools and checks hold functions, which no message carries. */
import { parentPort, workerData } from 'node:worker_threads';
import { compile } from '@telos/language';
import type { Config } from '../config/config.ts';
import { composeCatalogue } from './catalogue.ts';

export type CompileOrder = {
  readonly config: Config;
  readonly workspace: string;
  readonly source: string;
  readonly file?: string;
};

// Only compile-apart.ts starts this thread.
const { config, workspace, source, ...place } = workerData as CompileOrder;
const { catalog } = composeCatalogue(config, workspace);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; a port has no origin
parentPort?.postMessage(compile(source, { catalog, ...place }));
