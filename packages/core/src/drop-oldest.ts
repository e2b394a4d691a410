/** Leaves at most so many entries, those that were set last: a map tells its keys in the order in which they were set. */
export function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
