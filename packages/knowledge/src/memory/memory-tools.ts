import { anyJson, joinAll, labelsIn, marked, unlabelled, wholeOf, withOrigins } from '@telos/core';
import type { AnyTool, Labelling, Tool } from '@telos/core';
import { z } from 'zod';
import type { MemoryStore } from './memory.ts';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$/, 'letters, digits, _ . : and -, at most 200');
const collection = name.default('default').describe('Memories of one kind; default `default`.');

const Remember = z.strictObject({
  collection,
  key: name.exactOptional().describe('What is kept under it is replaced; default one for this step of this run.'),
  value: anyJson,
});
const Remembered = z.strictObject({ collection: z.string(), key: z.string() });

const Recall = z.strictObject({
  collection,
  key: name.exactOptional().describe('Without one, the newest.'),
  limit: z.int().min(1).max(200).default(20),
});
const Recalled = z.strictObject({
  memories: z.array(
    z.strictObject({
      key: z.string(),
      value: anyJson,
      /** ISO 8601. */
      at: z.string(),
      /** Run and step that wrote it. */
      by: z.string(),
      labels: z.array(z.enum(['untrusted', 'private'])),
      /** What it was made of. */
      from: z.array(z.string()),
    }),
  ),
});
type Recalled = z.infer<typeof Recalled>;

/** The tools that write and read memory. */
export function memoryTools(memory: MemoryStore): AnyTool[] {
  const remember: Tool<z.infer<typeof Remember>, z.infer<typeof Remembered>> = {
    name: 'memory.remember',
    description:
      'Keeps a value for later runs, with its labels and where it came from. `memory.recall` gives it back with both.',
    input: Remember,
    output: Remembered,
    effect: 'write',
    returns: [],
    idempotent: true,
    spendsNothing: true,
    keepsLabels: true,
    remembers: true,
    sendsTo: () => [],
    run({ collection: kind, key = '', value }, { run, path, idempotencyKey, labelling = unlabelled }) {
      const under = key === '' ? idempotencyKey.replaceAll(/[^A-Za-z0-9_.:-]/g, '-').slice(0, 200) : key;
      // Of the key too: whoever chooses where something is kept has a say in what is found there.
      const carried = wholeOf(labelling);
      memory.keep({ collection: kind, key: under, value, labelling: carried, by: `${run} ${path}` });
      return Promise.resolve({ collection: kind, key: under });
    },
  };
  const recall: Tool<z.infer<typeof Recall>, Recalled> = {
    name: 'memory.recall',
    description: 'Gives values that earlier runs have kept: one by its key, or the newest, each with who wrote it.',
    input: Recall,
    output: Recalled,
    effect: 'read',
    returns: ['private'],
    idempotent: true,
    spendsNothing: true,
    sendsTo: () => [],
    labelsOf: (_given, { memories }) => wholeOf(joinAll(memories.map(labellingOfMemory))),
    run: ({ collection: kind, key, limit }) =>
      Promise.resolve({
        memories: memory.find(kind, key, limit).map(({ key: under, value, labelling, by, at }) => ({
          key: under,
          value,
          at: new Date(at).toISOString(),
          by,
          labels: [...labelsIn(labelling)],
          from: [...new Set([...(labelling.untrusted ?? []), ...(labelling.private ?? [])])],
        })),
      }),
  };
  return [remember, recall];
}

/** As it was written, and by whom: its own steps are those of another run. */
function labellingOfMemory({ key, by, labels, from }: Recalled['memories'][number]): Labelling {
  return withOrigins(marked(labels, ''), () => `memory ${key} of ${by}, from ${from.join(', ')}`);
}
