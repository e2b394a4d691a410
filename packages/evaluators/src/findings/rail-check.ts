/**
 * What checks that look for data have in common: they find it in every text of
 * a value, say where it stands without repeating it, and offer the value with
 * placeholders in its place when asked to.
 */
import { setImmediate } from 'node:timers/promises';
import type { CheckContext, Json, Subject, Verdict } from '@telos/core';
import { errorVerdict } from '../define-check.ts';
import { foldText } from '../text/folded-text.ts';
import { surestFindings } from './finding.ts';
import type { Finding } from './finding.ts';
import { createRedactor, withoutPlaceholders } from './redact.ts';
import type { RedactorOptions } from './redact.ts';
import { mapTexts, textsOf } from '@telos/core';
import type { PlacedText } from '@telos/core';

/** @param field What the text is called where it stands, or ''. */
export type Find = (text: string, field: string) => readonly Finding[];

export type Rail = {
  /** For the reason: "personal data". */
  readonly what: string;
  readonly find: Find;
  readonly placeholders?: ReadonlyMap<string, string>;
  /** Findings of less confidence do not count. */
  readonly minConfidence: number;
  /** Exactly these texts are no findings. */
  readonly allow: readonly string[];
  readonly redact: boolean;
  /** Finds in the text as it is, invisible characters and all, not as it would be typed plainly. */
  readonly asWritten?: boolean;
  /** What to offer in place of a text, where that is something other than placeholders: nothing to take back, so no vault. */
  readonly mend?: (text: string, findings: readonly Finding[]) => string;
};

/** In UTF-16 units, of all texts of a value together. Finding is linear, but not free. */
const mostText = 8_000_000;
/** The event loop turns, and an abort is heeded, after so many. Longer texts are looked through in stretches of as many. */
const textPerTurn = 100_000;
/** How far a stretch reaches into its neighbours: no key is longer, no word that names a number stands farther off. */
const overlap = 20_000;
/** Of the evidence, in characters of its JSON; its counts are of all. */
const mostEvidence = 6000;

/** Score: 1 less the confidence of the surest finding. */
export async function runRail(
  subject: Subject,
  rail: Rail,
  { signal, vault, drawn, letters }: CheckContext,
): Promise<Verdict> {
  const texts = textsOf(subject.value);
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (total > mostText) {
    return errorVerdict(
      `The value has ${total} characters of text; ${rail.what} is looked for in at most ${mostText}.`,
    );
  }
  const allowed = new Set(rail.allow);
  const found = new Map<string, readonly Finding[]>();
  const shown: Shown[] = [];
  let sinceTurn = 0;
  for (const placed of texts) {
    const all: Finding[] = [];
    for (let from = 0; from < placed.text.length; from += textPerTurn) {
      all.push(...findIn(placed, from, rail));
      sinceTurn += Math.min(placed.text.length - from, textPerTurn);
      if (sinceTurn < textPerTurn) continue;
      sinceTurn = 0;
      await setImmediate();
      signal.throwIfAborted();
    }
    const counted = all.filter(
      ({ confidence, start, end }) => confidence >= rail.minConfidence && !allowed.has(placed.text.slice(start, end)),
    );
    if (counted.length === 0) continue;
    found.set(keyOf(placed), counted);
    for (const finding of surestFindings(counted)) shown.push({ placed, finding });
  }
  if (shown.length === 0) return { score: 1, verdict: 'pass', reason: `No ${rail.what} was found.` };

  const counts: { [type: string]: number } = {};
  for (const { finding } of shown) counts[finding.type] = (counts[finding.type] ?? 0) + 1;
  const listed = Object.entries(counts).map(([type, count]) => (count === 1 ? type : `${type} (${count})`));
  return {
    score: 1 - shown.reduce((most, { finding }) => Math.max(most, finding.confidence), 0),
    verdict: 'fail',
    reason: `The value holds ${rail.what}: ${listed.join(', ')}. Leave it out, or put a placeholder in its place.`,
    evidence: { findings: asEvidence(shown), counts },
    ...(rail.redact ? redacted(subject.value, found, rail, { earlier: vault, drawn, letters }) : {}),
  };
}

/** What begins in the stretch of the text from here. Found in the text as it would be typed plainly; places are those of the text as it is. */
function findIn({ text, field }: PlacedText, from: number, { find, asWritten }: Rail): readonly Finding[] {
  const first = Math.max(0, from - overlap);
  const stretch = text.length <= textPerTurn ? text : text.slice(first, from + textPerTurn + overlap);
  const folded = asWritten === true ? undefined : foldText(stretch);
  const findings = find(folded === undefined ? stretch : withoutPlaceholders(folded.text), field);
  return findings
    .map((finding) => {
      const { start, end } = folded?.original(finding.start, finding.end) ?? finding;
      return { ...finding, start: start + first, end: end + first };
    })
    .filter(({ start }) => start >= from && start < from + textPerTurn);
}

type Shown = { readonly placed: PlacedText; readonly finding: Finding };

/** Says where, and repeats nothing of what was found: a key that holds some is `*` in the pointers. */
function asEvidence(shown: readonly Shown[]): Json {
  const secretKeys = new Set(shown.filter(({ placed }) => placed.isKey).map(({ placed }) => placed.pointer));
  const pointerOf = (pointer: string): string => {
    let at = '';
    const parts = pointer.split('/').slice(1, 20);
    return parts
      .map((part) => (secretKeys.has((at += `/${part}`)) ? '/*' : `/${part}`))
      .join('')
      .slice(0, 100)
      .toWellFormed();
  };
  const entries: Json[] = [];
  let length = 0;
  for (const { placed, finding } of shown) {
    const { type, start, end, confidence } = finding;
    const where =
      placed.pointer === '' ? {} : { at: pointerOf(placed.pointer), ...(placed.isKey ? { key: true } : {}) };
    const entry = { type, start, end, confidence, ...where };
    length += JSON.stringify(entry).length;
    if (length > mostEvidence) break;
    entries.push(entry);
  }
  return entries;
}

function redacted(
  value: Json,
  found: ReadonlyMap<string, readonly Finding[]>,
  rail: Rail,
  before: Pick<RedactorOptions, 'earlier' | 'drawn' | 'letters'>,
): Pick<Verdict, 'replacement' | 'vault'> {
  const { mend } = rail;
  if (mend !== undefined) {
    const mended = mapTexts(value, (placed) => {
      const findings = found.get(keyOf(placed));
      return findings === undefined ? placed.text : mend(placed.text, findings);
    });
    return { replacement: mended };
  }
  const redactor = createRedactor(value, { names: rail.placeholders, ...before });
  const replacement = mapTexts(value, (placed) => {
    const findings = found.get(keyOf(placed));
    return findings === undefined ? placed.text : redactor.redact(placed.text, findings, placed.isNumber);
  });
  return { replacement, vault: redactor.vault() };
}

function keyOf({ pointer, isKey }: PlacedText): string {
  return `${isKey ? 'k' : 'v'}${pointer}`;
}
