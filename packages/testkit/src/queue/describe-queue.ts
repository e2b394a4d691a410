import type { Queue } from '@telos/core';
import { describeSuite } from '../suite.ts';
import type { SuiteOptions } from '../suite.ts';
import { cancelTests } from './cancel.ts';
import { fairnessTests } from './fairness.ts';
import { offerTests } from './offer.ts';
import { serveTests } from './serve.ts';
import { stopTests } from './stop.ts';

/**
 * The promises of `Queue`, one test each. A queue promises little, for it may lose, repeat and
 * reorder; the suite asks what a queue must do while nothing fails and nobody is slow.
 *
 * @param create Gives a queue for one test. Its backend may be shared: the suite uses names of its own.
 */
export function describeQueue(name: string, create: () => Promise<Queue>, options?: SuiteOptions): void {
  describeSuite(
    `the queue ${name}`,
    { open: create, dispose: (queue) => queue.close() },
    {
      'offering jobs': offerTests,
      'serving jobs': serveTests,
      'taking turns': fairnessTests,
      'cancelling jobs': cancelTests,
      'stopping and closing': stopTests,
    },
    options,
  );
}
