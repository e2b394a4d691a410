import { promptFile } from './prompt-file.ts';

export const bestOfVersion = 'best-of.v1';

/** Of what is asked where several plans are drafted: for another, and which of them is the best. */
export const bestOfPart = promptFile(bestOfVersion, ['another', 'system', 'rank']);
