import type { Command } from './command.ts';

type Entry = { readonly name: string; readonly summary: string; load(): Promise<Command> };

/** Every command, in the order of `telos --help`. A command's file, and what it imports, is loaded when it is called. */
export const commands: readonly Entry[] = [
  { name: 'run', summary: 'Run a workflow', load: async () => (await import('../commands/run.ts')).run },
  {
    name: 'check',
    summary: 'Check workflow files, every problem with its place',
    load: async () => (await import('../commands/check.ts')).check,
  },
  {
    name: 'plan',
    summary: 'Turn an objective into a workflow',
    load: async () => (await import('../commands/plan.ts')).plan,
  },
  {
    name: 'init',
    summary: 'Write a workflow to start from',
    load: async () => (await import('../commands/init.ts')).init,
  },
  {
    name: 'serve',
    summary: 'Serve the API and the studio, and run what is started there',
    load: async () => (await import('../commands/serve.ts')).serve,
  },
  {
    name: 'worker',
    summary: 'Carry out runs and steps beside other workers, without an API',
    load: async () => (await import('../commands/worker.ts')).worker,
  },
  { name: 'runs', summary: 'List runs, newest first', load: async () => (await import('../commands/runs.ts')).runs },
  {
    name: 'show',
    summary: 'Show a run, or one of its steps',
    load: async () => (await import('../commands/show.ts')).show,
  },
  {
    name: 'watch',
    summary: 'Follow a run until it ends',
    load: async () => (await import('../commands/watch.ts')).watch,
  },
  {
    name: 'prune',
    summary: 'Remove runs that ended long ago',
    load: async () => (await import('../commands/prune.ts')).pruneCommand,
  },
  { name: 'cancel', summary: 'Cancel a run', load: async () => (await import('../commands/cancel.ts')).cancel },
  { name: 'pause', summary: 'Pause a run', load: async () => (await import('../commands/pause.ts')).pause },
  {
    name: 'resume',
    summary: 'Let a paused run go on',
    load: async () => (await import('../commands/resume.ts')).resume,
  },
  {
    name: 'retry',
    summary: 'Do again what did not succeed, as a new run',
    load: async () => (await import('../commands/retry.ts')).retry,
  },
  {
    name: 'fork',
    summary: 'Do a run again from some steps on, as a new run',
    load: async () => (await import('../commands/fork.ts')).fork,
  },
  { name: 'diff', summary: 'Compare two runs', load: async () => (await import('../commands/diff.ts')).diff },
  {
    name: 'signal',
    summary: 'Send a signal to a run that waits for it',
    load: async () => (await import('../commands/signal.ts')).signal,
  },
  {
    name: 'approvals',
    summary: 'List what waits for a decision, or decide',
    load: async () => (await import('../commands/approvals.ts')).approvals,
  },
  {
    name: 'audit',
    summary: 'List who had what done by the API',
    load: async () => (await import('../commands/audit.ts')).audit,
  },
  {
    name: 'keys',
    summary: 'Give out API keys, list them, or take them back',
    load: async () => (await import('../commands/keys.ts')).keys,
  },
  {
    name: 'callbacks',
    summary: 'List ends of runs that could not be posted, or post one again',
    load: async () => (await import('../commands/callbacks.ts')).callbacks,
  },
  {
    name: 'ingest',
    summary: 'Add documents to a collection',
    load: async () => (await import('../commands/ingest.ts')).ingest,
  },
  { name: 'search', summary: 'Search a collection', load: async () => (await import('../commands/search.ts')).search },
  {
    name: 'tools',
    summary: 'List the tools that `uses:` may name, or what one takes',
    load: async () => (await import('../commands/tools.ts')).tools,
  },
  {
    name: 'mcp',
    summary: 'Ask MCP servers what they offer, or accept it',
    load: async () => (await import('../commands/mcp.ts')).mcp,
  },
  {
    name: 'models',
    summary: 'List the models that can be called',
    load: async () => (await import('../commands/models.ts')).models,
  },
  {
    name: 'checks',
    summary: 'List the checks that a gate may name, or what one takes',
    load: async () => (await import('../commands/checks.ts')).checks,
  },
  {
    name: 'calibrate',
    summary: 'Measure how well an evaluator agrees with labelled rows',
    load: async () => (await import('../commands/calibrate.ts')).calibrate,
  },
  {
    name: 'test',
    summary: 'Test workflows offline, with what calls gave when they were recorded',
    load: async () => (await import('../commands/test.ts')).testCommand,
  },
  {
    name: 'eval',
    summary: 'Compare variants of a workflow on a dataset',
    load: async () => (await import('../commands/eval.ts')).evalCommand,
  },
  {
    name: 'doctor',
    summary: 'Tell whether the installation is sound, or why a run waits',
    load: async () => (await import('../commands/doctor.ts')).doctor,
  },
];
