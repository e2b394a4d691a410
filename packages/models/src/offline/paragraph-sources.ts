/** Plain paragraphs of a prompt as sources: what is neither the question nor the instruction. */
import type { Source } from './source.ts';

/** How an instruction begins. */
const imperative =
  /^(?:please\s+)?(?:answer|summari[sz]e|use|using|write|extract|list|given|based|from|classify|describe|explain|decide|read|name|find|you|return|compare|say|tell|make|create|draft|give|quote|condense|shorten)\b/i;

/** The shortest text, in characters, that is taken for something to quote. */
const shortest = 20;

export type PlainPrompt = { readonly sources: readonly Source[]; readonly rest: string };

export function paragraphSources(text: string): PlainPrompt {
  const sources: Source[] = [];
  const rest: string[] = [];
  let name = 'the prompt';
  for (const paragraph of text.split(/\n\s*\n/)) {
    const { head, body } = headOf(paragraph);
    if (head !== undefined) name = head;
    if (body.trim() === '') continue;
    if (head === undefined && name === 'the prompt' && isInstruction(body)) {
      const { instruction, quoted } = splitInstruction(body);
      rest.push(instruction);
      if (quoted.trim().length >= shortest) sources.push({ name, text: quoted });
    } else if (isQuestion(body) || body.trim().length < shortest) {
      rest.push(body);
    } else {
      sources.push({ name, text: body });
    }
  }
  return { sources, rest: rest.join('\n') };
}

/** A first line `# name`, `Source: name` or `[name]`. */
function headOf(paragraph: string): { readonly head?: string; readonly body: string } {
  const found = /^\s*(?:#{1,6}[ \t]+(.+)|(?:source|file|document)[ \t]*:[ \t]*(.+)|\[([^\]\n]+)\])[ \t]*(?:\n|$)/i.exec(
    paragraph,
  );
  const head = found?.[1] ?? found?.[2] ?? found?.[3];
  return found === null || head === undefined
    ? { body: paragraph }
    : { head: head.trim(), body: paragraph.slice(found[0].length) };
}

function isInstruction(paragraph: string): boolean {
  return imperative.test(paragraph.trim()) || isQuestion(paragraph);
}

function isQuestion(paragraph: string): boolean {
  return paragraph.trim().endsWith('?') || /^\s*(?:question|query|topic|objective|task)\s*:/i.test(paragraph);
}

/** An instruction may carry its text along: after its first line, or after a colon. */
function splitInstruction(paragraph: string): { readonly instruction: string; readonly quoted: string } {
  const trimmed = paragraph.trim();
  const line = trimmed.indexOf('\n');
  if (isQuestion(trimmed) && line < 0) return { instruction: trimmed, quoted: '' };
  if (line > 0) return { instruction: trimmed.slice(0, line), quoted: trimmed.slice(line + 1) };
  const colon = trimmed.indexOf(': ');
  return colon < 0
    ? { instruction: trimmed, quoted: '' }
    : { instruction: trimmed.slice(0, colon), quoted: trimmed.slice(colon + 2) };
}
