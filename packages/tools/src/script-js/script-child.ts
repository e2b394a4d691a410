/**
 * The process in which scripts run. An isolate keeps a script from what is not
 * its own, but not V8 from giving up: a text of 256 MB ends the whole process,
 * and then it is this one. Its parent is ./script-runner.ts.
 */
import { runScript } from './run-script.ts';
import type { ScriptRequest } from './run-script.ts';
import type { ScriptOutcome } from './script-outcome.ts';

/** Lines while it runs, then its outcome. */
export type ScriptMessage = { readonly line: string } | ScriptOutcome;

function tell(message: ScriptMessage): void {
  process.send?.(message);
}

process.on('message', (request) => {
  // Only the parent writes to this channel.
  void runScript(request as ScriptRequest, (line) => tell({ line })).then(tell);
});
