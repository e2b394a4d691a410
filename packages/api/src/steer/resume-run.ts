import { TelosError } from '@telos/core';
import type { Inbox, Message, RunId, Runs } from '@telos/core';
import { postMessage } from './post-message.ts';
import type { PostDeps } from './post-message.ts';

export type ResumeDeps = PostDeps & {
  readonly store: { readonly inbox: Pick<Inbox, 'post' | 'pending'>; readonly runs: Pick<Runs, 'turns' | 'get'> };
};

/**
 * Lets a paused run go on, perhaps with another budget. One that is to be paused and is not yet counts as paused.
 *
 * @throws TelosError RUN_NOT_PAUSED for one that is not, unless it is given a budget; and what `postMessage` throws.
 */
export async function resumeRun(
  deps: ResumeDeps,
  run: RunId,
  message: Extract<Message, { readonly kind: 'resume' }>,
): Promise<void> {
  const { runs, inbox } = deps.store;
  const summary = await runs.get(run);
  const isGoing = summary !== undefined && summary.endedAt === undefined && summary.status !== 'paused';
  if (isGoing && message.budget === undefined) {
    const asked = await inbox.pending(run);
    if (!asked.some(({ kind }) => kind === 'pause')) {
      const said =
        summary.status === 'waiting' ? 'it waits, and goes on by itself when that has come' : `it is ${summary.status}`;
      throw new TelosError('RUN_NOT_PAUSED', `Run ${run} is not paused: ${said}.`, {
        details: { run, status: summary.status },
        next: `See what it waits for with \`telos doctor ${run}\`, or in \`waiting_for\` of GET /v1/runs/${run}.`,
      });
    }
  }
  await postMessage(deps, run, message);
}
