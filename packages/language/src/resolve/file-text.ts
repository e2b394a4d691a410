import { TelosError } from '@telos/core';
import type { Place } from '../text/place.ts';
import type { Resolution } from './resolution.ts';

/** The text of a file that the workflow names; undefined, and reported, when it cannot be read. */
export function fileText(path: string, place: Place, resolution: Resolution): string | undefined {
  const { readFile } = resolution.options;
  let text: string | undefined;
  try {
    text = readFile?.(path);
  } catch (error) {
    if (error instanceof TelosError) {
      resolution.report({ code: error.code, place, message: error.message, hint: error.next });
      return undefined;
    }
  }
  if (text !== undefined) return text;
  const message =
    readFile === undefined
      ? `files cannot be read here, so \`${path}\` cannot be used`
      : `the file \`${path}\` cannot be read`;
  const hint =
    readFile === undefined ? 'write the text into the workflow' : 'the path is relative to the workflow file';
  resolution.report({ code: 'FILE_MISSING', place, message, hint });
  return undefined;
}
