import { TelosError } from '@telos/core';
import type { RunStatus, Store } from '@telos/core';
import { systemClock } from '@telos/driver-local';
import { prune, prunedText } from '@telos/executor';
import type { RetentionPolicy } from '@telos/executor';
import { defineCommand, jsonOption } from '../command/command.ts';
import { openStore } from '../compose/open-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { readRetention } from '../config/retention.ts';
import { exitCodes } from '../exit-codes.ts';
import { writerOf } from '../output/writer.ts';

export const pruneCommand = defineCommand({
  name: 'prune',
  summary: 'Removes runs that ended long ago, with all that hangs on them, and values that no run needs any more.',
  words: [],
  options: {
    older: { type: 'value', value: '30d', about: 'runs that ended longer ago; what TELOS_RETENTION says when absent' },
    status: { type: 'list', value: 'status', about: 'only runs that are succeeded, failed or cancelled' },
    'dry-run': { type: 'flag', about: 'only count them' },
    json: jsonOption,
  },
  examples: ['telos prune --older 30d --dry-run', 'telos prune --older 7d --status succeeded'],
  async run({ options }, terminal) {
    const config = await loadConfig(terminal.environment, terminal.folder);
    const policy = policyOf(options.older, options.status, config.retention);
    const writer = writerOf(terminal, options.json);
    const store = await openStore(config);
    try {
      if (options['dry-run']) {
        const runs = await countOld(store, policy, terminal.now());
        writer.object({ type: 'would_remove', runs });
        const text = prunedText({ runs, blobs: 0, bytes: 0 });
        writer.lines(
          text === undefined ? 'Nothing is that old.' : `Would remove ${text}, and the values that they alone need.`,
        );
        return exitCodes.succeeded;
      }
      const stopping = new AbortController();
      const stopListening = terminal.onInterrupt(() => stopping.abort());
      const pruned = await prune({ store, clock: systemClock }, policy, stopping.signal).finally(stopListening);
      writer.object({ type: 'removed', ...pruned });
      const text = prunedText(pruned);
      writer.lines(text === undefined ? 'Nothing is that old.' : `Removed ${text}.`);
      return stopping.signal.aborted ? exitCodes.cancelled : exitCodes.succeeded;
    } finally {
      await store.close();
    }
  },
});

function policyOf(older: string | undefined, statuses: readonly string[], settings: RetentionPolicy): RetentionPolicy {
  const names = statuses.flatMap((text) => text.split(','));
  if (older === undefined) {
    if (settings.length === 0) {
      throw new TelosError('USAGE', 'Nothing says how old a run must be.', {
        next: 'Write it like `telos prune --older 30d`, or set TELOS_RETENTION.',
      });
    }
    const known = names.filter((name) => settings.some(({ status }) => status === name));
    if (known.length < names.length) {
      throw new TelosError('USAGE', 'TELOS_RETENTION keeps runs of that status for ever.', {
        next: 'Add --older 30d.',
      });
    }
    return names.length === 0 ? settings : settings.filter(({ status }) => known.includes(status));
  }
  const read = readRetention(names.length === 0 ? older : names.map((name) => `${name}=${older}`).join(','));
  if (!('problem' in read)) return read;
  throw new TelosError('USAGE', `${read.problem}.`, {
    next: 'Write it like `telos prune --older 30d --status failed`.',
  });
}

/** A run ended no earlier than it was created, so those that were created later need not be looked at. */
async function countOld(
  store: Store,
  policy: RetentionPolicy,
  now: number,
): Promise<{ [status in RunStatus]?: number }> {
  const counts: { [status in RunStatus]?: number } = {};
  for (const { status, keepMs } of policy) {
    const before = now - keepMs;
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await store.runs.list({ status: [status], until: before }, 200, cursor);
      count += page.items.filter(({ endedAt }) => endedAt !== undefined && endedAt < before).length;
      cursor = page.next;
    } while (cursor !== undefined);
    if (count > 0) counts[status] = count;
  }
  return counts;
}
