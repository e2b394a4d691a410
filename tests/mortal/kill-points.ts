/**
 * Kill points: the moments just before and just after everything a worker does
 * that another process could notice. Between two of them it changes nothing but its memory.
 */
import type { AnyTool, Queue, Store } from '@telos/core';
import type { Touches } from './start-mortal.ts';

const around = [
  /** The workflow is stored. */
  'keep',
  /** The run is stored. */
  'create',
  /** A bell rings for a run, or a step is offered to other workers. */
  'enqueue',
  /** The run's lease is taken. */
  'acquire',
  /** A large value is stored. */
  'blob',
  /** Events are stored. */
  'append',
  /** The lease is given up because the run waits. */
  'park',
  /** A step of another's run is taken. */
  'claim',
  /** What came of it is posted. */
  'outcome',
  /** The claim on it is forgotten. */
  'forget',
] as const;

type Deed = (typeof around)[number];

export type KillPoint =
  | `before ${Deed}`
  | `after ${Deed}`
  /** The call of a tool is recorded and not made, or made and not answered. */
  | 'before call'
  | 'in a call'
  /** The handler of a job has ended and the queue does not know. */
  | 'before acknowledge';

export const killPoints: readonly KillPoint[] = [
  ...around.flatMap((deed) => [`before ${deed}` as const, `after ${deed}` as const]),
  'before call',
  'in a call',
  'before acknowledge',
];

/** The same, `pass` being called at every kill point. */
export function watchKillPoints({ store, queue, tools }: Touches, pass: (point: KillPoint) => void): Touches {
  function watched<Given extends readonly unknown[], Gives>(
    deed: Deed,
    act: (...given: Given) => Promise<Gives>,
  ): (...given: Given) => Promise<Gives> {
    return async (...given) => {
      pass(`before ${deed}`);
      const gives = await act(...given);
      pass(`after ${deed}`);
      return gives;
    };
  }
  const { programs, journal, leases, blobs, claims, inbox } = store;
  return {
    store: {
      ...store,
      programs: { ...programs, put: watched('keep', programs.put) },
      journal: { ...journal, create: watched('create', journal.create), append: watched('append', journal.append) },
      leases: { ...leases, acquire: watched('acquire', leases.acquire), park: watched('park', leases.park) },
      blobs: { ...blobs, put: watched('blob', blobs.put) },
      claims: { ...claims, claim: watched('claim', claims.claim), forget: watched('forget', claims.forget) },
      inbox: { ...inbox, post: watched('outcome', inbox.post) },
    } satisfies Store,
    queue: {
      ...queue,
      offer: watched('enqueue', queue.offer),
      serve: (options, handle) =>
        queue.serve(options, async (job, signal) => {
          await handle(job, signal);
          pass('before acknowledge');
        }),
    } satisfies Queue,
    tools: new Map([...tools].map(([name, tool]) => [name, watchedTool(tool, pass)])),
  };
}

function watchedTool(tool: AnyTool, pass: (point: KillPoint) => void): AnyTool {
  return {
    ...tool,
    run(input, context) {
      pass('before call');
      const answer = tool.run(input, context);
      // The line of the call is in the log, and its answer is to come.
      pass('in a call');
      return answer;
    },
  };
}
