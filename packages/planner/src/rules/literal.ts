/** Text that a person wrote, so that a plan gives it as it is: `${{` in it opens no expression. */
export function literal(text: string): string {
  return text.replaceAll('${{', '${{ "$" }}{{');
}

/** The same on one line. */
export function literalLine(text: string): string {
  return literal(text.replace(/\s+/g, ' ').trim());
}
