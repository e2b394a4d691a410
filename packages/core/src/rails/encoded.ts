/**
 * A text inside longer ones that are encoded. Neither encoding tells where a text
 * begins, so what is found is what is the text's alone, wherever in a group of
 * three bytes it may stand.
 */

/** In base64, as files and as addresses write it. */
export function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const piece = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [piece, piece.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** In hexadecimal, in small and large letters. */
export function inHexadecimal(text: string): readonly string[] {
  const encoded = Buffer.from(text).toString('hex');
  return [encoded, encoded.toUpperCase()];
}
