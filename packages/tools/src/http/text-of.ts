/**
 * The text of a body, in whatever character set it is written: a byte order
 * mark decides, then the content type's `charset`, then what an HTML or XML head
 * declares, then UTF-8 if the bytes are valid UTF-8, else Windows-1252 (as
 * browsers do). Never fails: what cannot be decoded becomes U+FFFD.
 */
export function textOf(body: Uint8Array, contentType?: string): string {
  const declared = markOf(body) ?? charsetIn(contentType ?? '') ?? declaredInHead(body);
  const decoder = declared === undefined ? undefined : decoderOf(declared);
  if (decoder !== undefined) return decoder.decode(body);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return new TextDecoder('windows-1252').decode(body);
  }
}

/** The media type of a content type header, in lower case and without parameters; '' when there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json');
}

/** Whether the media type is text to be read by people: `text/*`, XML, scripts, forms, YAML. */
export function isTextType(mediaType: string): boolean {
  return (
    mediaType.startsWith('text/') ||
    isJsonType(mediaType) ||
    /^application\/(xml|javascript|ecmascript|x-www-form-urlencoded|yaml|x-yaml|toml|x-ndjson|ndjson|jsonl|graphql|sql|rtf)$|\+(xml|yaml)$/.test(
      mediaType,
    )
  );
}

function markOf(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return undefined;
}

function charsetIn(text: string): string | undefined {
  return /charset\s{0,4}=\s{0,4}["']?([\w:.-]{1,40})/i.exec(text)?.[1];
}

function declaredInHead(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, 1024)).toString('latin1');
  const tag = /<meta\s[^>]{0,200}>/gi;
  for (const [meta] of head.matchAll(tag)) {
    const charset = charsetIn(meta);
    if (charset !== undefined) return charset;
  }
  return /^\s{0,20}<\?xml[^>]{0,100}encoding\s{0,4}=\s{0,4}["']([\w:.-]{1,40})/i.exec(head)?.[1];
}

function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
