const codes = { red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 } as const;

/** The text in a colour of the terminal; the text alone when colours are off. */
export function paint(text: string, colour: keyof typeof codes, on: boolean): string {
  return on ? `\u001B[${codes[colour]}m${text}\u001B[39m` : text;
}
