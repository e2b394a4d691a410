import { sentencesOf } from '../text/segments.ts';

export type Piece = {
  readonly text: string;
  readonly letters: number;
  /** The likeliest; undefined when the piece is too short to tell. */
  readonly language: string | undefined;
  /** That one, and others that are nearly as likely. */
  readonly likely: readonly string[];
};

/** In UTF-16 units. A sentence as long as this shows its language; shorter ones are put together. */
const pieceLength = 50;
/** Of a text with more pieces, some from all over it are looked at. */
const mostPieces = 60;
const longest = 200_000;
/** Fewer letters than this, in a script that many languages share, say little. */
const fewestLetters = 12;
const nearlyAsLikely = 0.9;

/** Scripts that one language alone is written in. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Armenian}/gu, 'hy'],
  [/\p{Script=Tamil}/gu, 'ta'],
  [/\p{Script=Telugu}/gu, 'te'],
  [/\p{Script=Bengali}/gu, 'bn'],
];

/** The pieces of a text with the language of each, code and addresses left out. */
export async function languagesIn(text: string, signal: AbortSignal): Promise<readonly Piece[]> {
  const pieces = piecesOf(proseOf(text.slice(0, longest)));
  const step = Math.max(1, pieces.length / mostPieces);
  const chosen = Array.from(
    { length: Math.min(pieces.length, mostPieces) },
    (_, at) => pieces[Math.floor(at * step)] ?? '',
  );
  // A megabyte of tables, read at the first use.
  const { eld } = await import('eld/extrasmall');
  signal.throwIfAborted();
  return chosen.map((piece) => {
    const letters = piece.match(/\p{L}/gu)?.length ?? 0;
    const own = byScript(piece, letters);
    if (own !== undefined) return { text: piece, letters, language: own, likely: [own] };
    const guess = eld.detect(piece);
    if (letters < fewestLetters || !guess.isReliable())
      return { text: piece, letters, language: undefined, likely: [] };
    const scores = guess.getScores();
    const best = scores[guess.language] ?? 0;
    const likely = Object.keys(scores).filter((code) => (scores[code] ?? 0) >= best * nearlyAsLikely);
    return { text: piece, letters, language: guess.language, likely };
  });
}

/** Japanese is written in Chinese letters too, so a few of its own are enough. */
function byScript(piece: string, letters: number): string | undefined {
  const [kana = 0, ...others] = scripts.map(([script]) => piece.match(script)?.length ?? 0);
  if (letters < 2) return undefined;
  if (kana >= letters * 0.1) return 'ja';
  const at = others.findIndex((count) => count > letters / 2);
  return at < 0 ? undefined : scripts[at + 1]?.[1];
}

/** Without blocks and snippets of code, addresses, and file names. */
function proseOf(text: string): string {
  return text
    .replace(/```[^`]{0,20000}```|`[^`\n]{1,500}`/g, ' ')
    .replace(/\b[a-z][a-z0-9+.-]{1,15}:\/\/\S{1,2000}|\S{1,200}@\S{1,200}/gi, ' ');
}

/** Sentences put together up to a length at which a language shows. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let open = '';
  for (const sentence of sentencesOf(text)) {
    const isOther = open !== '' && hasOtherScript(open, sentence);
    if (open.length >= pieceLength || isOther) {
      pieces.push(open);
      open = '';
    }
    open = open === '' ? sentence : `${open} ${sentence}`;
  }
  return open === '' ? pieces : [...pieces, open];
}

function hasOtherScript(left: string, right: string): boolean {
  return /\p{Script=Latin}/u.test(left) !== /\p{Script=Latin}/u.test(right);
}
