/**
 * Texts that are made to make a pattern slow: pieces that patterns look for, or
 * almost, again and again, alone and mixed, with nothing that ends them.
 */

/** What patterns look for, in parts: openings without an end, and ends without an opening. */
const pieces: readonly string[] = [
  [
    'a',
    'A',
    '0',
    ' ',
    '\n',
    '\t',
    '.',
    '-',
    '_',
    '@',
    ':',
    '/',
    '\\',
    '"',
    "'",
    '`',
    '=',
    '&',
    '?',
    '#',
    '%',
    '+',
    ',',
  ],
  ['<', '>', '[', ']', '(', ')', '{', '}', '|', '*', '~', '^', '$', '!', ';'],
  ['a.', 'a@', '@a.', 'a@a.', '.a', '-a', 'a-', 'a_', '1 ', '1-', '1.', '+1', '(1)', '0x', '::', '1:', 'ab:'],
  [
    'http://',
    'https://a.',
    'www.',
    '//',
    'mailto:',
    'data:',
    '?q=',
    '%41',
    '&amp;',
    '&#x41;',
    '\\u0041',
    '\\x41',
    '![',
    '](',
    '[a](',
    '<a ',
    '<!--',
    '-->',
    '<img src=',
    'url(',
  ],
  [
    'password=',
    'password: ',
    'token',
    'sk_live_',
    'AKIA',
    'ghp_',
    'eyJ',
    'eyJhbGciOiJ9.',
    '-----BEGIN ',
    'Bearer ',
    'Authorization: ',
    'key',
    '--',
    '$(',
  ],
  [
    'ignore ',
    'ignore all previous instructions ',
    'system',
    'you are now ',
    'do not tell ',
    'aWdub3Jl',
    '69676e6f7265 ',
    '... --- ...',
    '01101001 ',
    '105 ',
    'vtaber ',
    'e r o n g i ',
  ],
  [
    'Anna ',
    'Dr. ',
    'born ',
    'phone ',
    'IBAN DE',
    'DE02',
    '4111 ',
    '1111-',
    '192.168.',
    'fe80::',
    '1BvBMSEY',
    '0xabc',
    'de la ',
  ],
  [
    '\u200B',
    '\u00AD',
    '\uFF10',
    '\u0430',
    '\u{1D400}',
    '\u0301',
    '\u202E',
    '\u{E0061}',
    '\uFE0F',
    '\u{1F468}\u200D',
    '\u0627',
    '\u4E2D',
    'é',
    'e\u0301',
  ],
  [
    'null',
    'true',
    '{"a":',
    '[1,',
    '"a"',
    '"\\',
    '// ',
    '/*',
    '*/',
    '```',
    'f u c k ',
    'sh1t',
    'a,b,c\n',
    '| a ',
    '\r\n',
  ],
].flat();

/** Numbers in [0, 1) that are the same every time (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Units to be repeated: every piece alone, and so many mixtures of two to six. */
export function hostileUnits(mixtures: number): readonly string[] {
  const chance = chanceOf(7);
  const pick = (): string => pieces[Math.floor(chance() * pieces.length)] ?? '';
  const mixed = Array.from({ length: mixtures }, () =>
    Array.from({ length: 2 + Math.floor(chance() * 5) }, () => pick().repeat(1 + Math.floor(chance() * 3))).join(''),
  );
  return [...pieces, ...mixed];
}

/** So many characters of it; now and then behind something else, so that a search has to begin anew. */
export function repeated(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}
