/** Keeps the last few things made, for a check that is called again and again with the same parameters. */
export function createMemory<T>(most: number): (key: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) {
      made.delete(key);
      made.set(key, known);
      return known;
    }
    const fresh = make();
    const [oldest] = made.keys();
    if (made.size >= most && oldest !== undefined) made.delete(oldest);
    made.set(key, fresh);
    return fresh;
  };
}
