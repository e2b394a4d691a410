/** The way to a value in a document: keys and indices from the root. */
export type Place = readonly (string | number)[];

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `steps[2].with.prompt`; keys that are no plain names are quoted: `headers["x.y"]`. Empty for the document itself. */
export function placeText(place: Place): string {
  let text = '';
  for (const part of place) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (plainKey.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}
