import type { Tool } from '@telos/core';
import { z } from 'zod';
import type { WritableFolders } from './writable-folders.ts';

/** In UTF-16 units. */
const longest = 10 * 1024 * 1024;

const input = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace, in a folder that may be written: `out/report.md`.'),
  text: z.string().max(longest),
});

const output = z.object({ path: z.string(), bytes: z.int() });

/**
 * Stores a text file. The same call again stores the same, so one that was interrupted is made again. What is read back
 * carries no labels, which is why it says nothing of where it sends: private and untrusted texts need a permission.
 */
export function fileWriteTool(folders: WritableFolders): Tool<z.infer<typeof input>, z.infer<typeof output>> {
  return {
    name: 'file.write',
    description:
      'Stores a text file in a folder of the workspace that may be written, in place of one that is there. Missing folders are made.',
    input,
    output,
    effect: 'write',
    returns: [],
    idempotent: true,
    spendsNothing: true,
    async run({ path, text }) {
      return { path: await folders.writeText(path, text), bytes: Buffer.byteLength(text) };
    },
  };
}
