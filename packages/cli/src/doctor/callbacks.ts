import type { Store } from '@telos/core';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whether the ends of runs come to where they are to be posted. */
export async function examineCallbacks(opening: Promise<Store>): Promise<Finding[]> {
  try {
    const { owed, failing, givenUp } = await (await opening).callbacks.count();
    if (owed === 0 && givenUp === 0) return [];
    const message = [
      ...(owed === 0 ? [] : [`${owed} to be posted, ${failing} of them once more`]),
      ...(givenUp === 0 ? [] : [`${givenUp} given up`]),
    ].join('; ');
    const about = 'callbacks';
    if (failing === 0 && givenUp === 0) return [{ about, verdict: 'sound', message: `${message}.` }];
    const next = '`telos callbacks` tells why, and with a run posts its end again.';
    return [{ about, verdict: 'worth_knowing', message: `${message}.`, next }];
  } catch (error) {
    return [broken('callbacks', error)];
  }
}
