/** A field of an event, or none where there is nothing to say. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // The object has exactly the key K, or none: the mapped type says the same, which inference over a computed key cannot.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
