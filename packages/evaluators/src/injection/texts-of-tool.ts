/** What a model reads of a tool: its description and those of its parameters, wherever they stand in the schema. */
import type { Json } from '@telos/core';
import { textsOf } from '@telos/core';
import type { PlacedText } from '@telos/core';

/** In UTF-16 units: what is shorter says nothing. */
const shortest = 3;
/** A name that is longer, or that holds what no name holds, says more than a name. */
const longestName = 64;

/**
 * Texts worth reading, in document order: every string but the words of the
 * schema language and plain names.
 */
export function textsOfTool(tool: Json): readonly PlacedText[] {
  return textsOf(tool).filter(({ text, isNumber, isKey, field }) => {
    if (isNumber || text.trim().length < shortest) return false;
    if (isKey || field === 'name' || field === 'type' || field === 'format' || field === 'required')
      return /\s|[^\w.$/-]/.test(text) || text.length > longestName;
    return field !== '$schema' && field !== '$ref' && field !== '$id';
  });
}
