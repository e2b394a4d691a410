import { TelosError } from '@telos/core';
import type { Workspace } from '../workspace.ts';

/** A file as the model is shown it. */
export type SourceFile = { readonly name: string; readonly text: string };

const maxFileBytes = 2 * 1024 * 1024;
const maxTotalCharacters = 4_000_000;

/**
 * Reads text files of the workspace, in the order given.
 * @throws TelosError what `Workspace.readText` throws; FILE_TOO_LARGE when they are too much together.
 */
export async function readSources(workspace: Workspace, paths: readonly string[]): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  let characters = 0;
  for (const path of paths) {
    const { path: name, text } = await workspace.readText(path, maxFileBytes);
    characters += text.length;
    if (characters > maxTotalCharacters) {
      throw new TelosError('FILE_TOO_LARGE', `The files are more than ${maxTotalCharacters} characters together`, {
        details: { path },
        next: 'Search them with `knowledge.search` and show the model what was found.',
      });
    }
    files.push({ name, text });
  }
  return files;
}

/** Files as blocks that a model can tell apart and name. No file can close its own block. */
export function sourceBlocks(files: readonly SourceFile[]): string {
  return files
    .map(({ name, text }) => {
      const quoted = name.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
      return `<source name="${quoted}">\n${text.replace(/<(?=\/?source\b)/gi, '&lt;')}\n</source>`;
    })
    .join('\n\n');
}
