import { extname } from 'node:path';
import { marked } from '@telos/core';
import type { Tool } from '@telos/core';
import { z } from 'zod';
import type { Workspace } from '../workspace.ts';

const maxBytes = 10 * 1024 * 1024;

const input = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace.'),
  private: z.boolean().exactOptional().describe('Gives what it reads the label `private`.'),
});

const output = z.object({
  text: z.string(),
  path: z.string(),
  bytes: z.int(),
  media_type: z.string(),
});

const mediaTypes: { readonly [extension: string]: string } = {
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** Reads one text file of the workspace, at most 10 MiB. */
export function fileReadTool(workspace: Workspace): Tool<z.infer<typeof input>, z.infer<typeof output>> {
  return {
    name: 'file.read',
    description:
      'Reads a text file of the workspace. Binary files and paths that lead out of the workspace are refused.',
    input,
    output,
    effect: 'read',
    returns: [],
    certainLabels: (given) => (given['private'] === true ? ['private'] : []),
    labelsOf: (given) => marked(given.private === true ? ['private'] : [], `file ${given.path}`),
    idempotent: false,
    spendsNothing: true,
    async run({ path }) {
      const file = await workspace.readText(path, maxBytes);
      return { ...file, media_type: mediaTypes[extname(file.path).toLowerCase()] ?? 'text/plain' };
    },
  };
}
