/** Letters of other scripts that a reader takes for Latin ones, and the Latin ones. */
const pairs: readonly (readonly [string, string])[] = [
  // Cyrillic
  ['аеорсухѕіјԁһԛԝѵӏгпт', 'aeopcyxsijdhqwvlrnt'],
  ['АВЕЅІЈКМНОРСТУХЗԌԚԜҮ', 'ABESIJKMHOPCTYX3GQWY'],
  // Greek
  ['οαντρυικγηχωεζ', 'oavtpuikynxwez'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  // Armenian, Cherokee, Lisu, small capitals and the like
  ['օոսհցքԼՕՍ', 'onuhgpLOU'],
  ['ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷΝᏢᏒᏚᎢᏙᎳᏃ', 'ABCDEGHiJKLMNPRSTVWZ'],
  ['ɑɡɩʟɴʀᴀʙᴄᴅᴇɢʜɪᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱ', 'agilnrabcdeghijkmoptuvwzs'],
];

const latin = new Map(
  pairs.flatMap(([letters, plain]) => Array.from(letters, (letter, index) => [letter, plain.charAt(index)] as const)),
);

/** The Latin letter that it looks like; undefined when it looks like none. */
export function latinLookAlike(letter: string): string | undefined {
  return latin.get(letter);
}
