import type { JsonObject } from '@telos/core';
import type { Extraction } from './extract.ts';
import type { Passage } from './source.ts';

/** What a value is filled from. */
export type Filling = {
  readonly extraction: Extraction;
  readonly root: JsonObject;
  /** Name of the property being filled; '' at the root. */
  readonly name: string;
  /** The one passage that this part is about: inside an array of objects. */
  readonly focus?: Passage;
  readonly depth: number;
  /** Names of required properties for which nothing was found, first the innermost; added to as they are met. */
  readonly lacking: string[];
};
