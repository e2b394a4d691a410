/**
 * Which step of the workflow a step of a run is: `findings[3].search` is
 * `findings.search`, `refine#2.write` is `refine.write`.
 *
 * @param known Paths of the outline.
 * @returns The nearest block that the outline has, for what an agent did by itself; undefined when there is none.
 */
export function outlinePath(path: string, known: ReadonlySet<string>): string | undefined {
  // What undoes a step is drawn with it.
  const parts = path.replace(/\/.*$/, '').split('.');
  let walked = '';
  let found: string | undefined;
  for (const [index, part] of parts.entries()) {
    const name = part.replace(/(\[\d+\]|#\d+)$/, '');
    const key = part.slice(name.length);
    const here = walked === '' ? name : `${walked}.${name}`;
    if (known.has(here)) found = here;
    // The cases of a switch are told apart in the outline; items and rounds are not.
    const next = parts.slice(index + 1).map((one) => one.replace(/(\[\d+\]|#\d+)$/, ''))[0];
    walked = key.startsWith('[') && next !== undefined && known.has(`${here}${key}.${next}`) ? `${here}${key}` : here;
  }
  return found;
}
