/**
 * Seals: what an owner sends to other workers by a queue is theirs alone to read, and nobody else can have written it.
 *
 * It is encrypted and authenticated (AES-256-GCM) under a key of its run, made of the one that the store keeps for its
 * processes; with it is authenticated which attempt it is for, and where that was offered. So who can read the queue
 * learns which attempts there are, and who can write to it can have none made but those that an owner has sealed, which
 * are those that the journal has placed. That one is made once, the claim sees to.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { dropOldest } from '@telos/core';
import type { Job, JsonObject, Payload, RunId, Sealing } from '@telos/core';

/** An attempt as it is offered. */
export type OfferedStep = Extract<Job, { kind: 'step' }>;

export interface Seals {
  /** A promise only for the first of the process. */
  seal(job: OfferedStep, task: Payload): JsonObject | Promise<JsonObject>;
  /** What was sealed for this very job; undefined when nothing was, by a process on this store. */
  open(job: OfferedStep): Promise<Payload | undefined>;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Keys of runs that are kept. */
const mostRuns = 1000;

export function createSeals(sealing: Sealing): Seals {
  let known: Uint8Array | undefined;
  const keys = new Map<RunId, Uint8Array>();

  async function storesKey(): Promise<Uint8Array> {
    return (known ??= await sealing.key());
  }

  function keyOf(run: RunId, key: Uint8Array): Uint8Array {
    let own = keys.get(run);
    if (own === undefined) {
      own = createHmac('sha256', key).update(`task of ${run}`).digest();
      keys.set(run, own);
      dropOldest(keys, mostRuns);
    }
    return own;
  }

  function sealWith(key: Uint8Array, job: OfferedStep, task: Payload): JsonObject {
    const nonce = randomBytes(nonceBytes);
    const sealer = createCipheriv(cipher, keyOf(job.run, key), nonce).setAAD(addressOf(job));
    const sealed = [sealer.update(JSON.stringify(task), 'utf8'), sealer.final()];
    return { sealed: Buffer.concat([nonce, sealer.getAuthTag(), ...sealed]).toString('base64') };
  }

  return {
    seal(job, task) {
      return known === undefined ? storesKey().then((key) => sealWith(key, job, task)) : sealWith(known, job, task);
    },
    async open(job) {
      const text = job.task?.['sealed'];
      if (typeof text !== 'string') return undefined;
      const bytes = Buffer.from(text, 'base64');
      const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, nonceBytes + tagBytes)];
      if (tag.length < tagBytes) return undefined;
      const opener = createDecipheriv(cipher, keyOf(job.run, await storesKey()), nonce, { authTagLength: tagBytes });
      opener.setAAD(addressOf(job)).setAuthTag(tag);
      try {
        const opened = Buffer.concat([opener.update(bytes.subarray(nonceBytes + tagBytes)), opener.final()]);
        // Made by `sealWith`, and by nobody else.
        return JSON.parse(opened.toString('utf8')) as Payload;
      } catch {
        return undefined;
      }
    },
  };
}

function addressOf({ queue, run, path, attempt, share, priority }: OfferedStep): Uint8Array {
  return Buffer.from(JSON.stringify([queue, run, path, attempt, share ?? null, priority ?? null]));
}
