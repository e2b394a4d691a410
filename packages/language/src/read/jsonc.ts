/**
 * JSON with comments, made readable for the YAML parser.
 *
 * YAML 1.2 reads JSON, and trailing commas too, but knows no `//` and `/* *\/`,
 * and refuses tabs as indentation. Both become spaces, so that every line and
 * column stays where it was.
 */

/** Whether a file is JSON: by its name, else by its first character. */
export function isJsonSource(text: string, file: string): boolean {
  if (/\.ya?ml$/i.test(file)) return false;
  return /\.jsonc?$/i.test(file) || /^\uFEFF?\s*(?:\/\/|\/\*|\{)/.test(text);
}

/** Replaces comments and tabs outside strings by as many spaces; line ends stay. */
export function blankComments(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let index = 0;
  while (index < text.length) {
    const char = text[index];
    if (char === '"') {
      index = endOfString(text, index);
    } else if (char === '\t') {
      parts.push(text.slice(kept, index), ' ');
      kept = ++index;
    } else if (char === '/' && (text[index + 1] === '/' || text[index + 1] === '*') && mayStartComment(text, index)) {
      const end = endOfComment(text, index);
      parts.push(text.slice(kept, index), text.slice(index, end).replaceAll(/[^\r\n]/g, ' '));
      kept = index = end;
    } else {
      index++;
    }
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(kept);
}

/** `https://...` outside quotes is no comment: one begins after white space or punctuation. */
function mayStartComment(text: string, index: number): boolean {
  return index === 0 || /[\s,[\]{}"/0-9el]/.test(text.charAt(index - 1));
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}

function endOfComment(text: string, start: number): number {
  const line = text[start + 1] === '/';
  const end = text.indexOf(line ? '\n' : '*/', start + 2);
  if (end === -1) return text.length;
  return line ? end : end + 2;
}
