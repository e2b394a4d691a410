/**
 * Lookups of one kind that come at once go out together, as one statement. Those
 * that come while one is under way wait for the next, so each sees all that was
 * stored before it was asked for.
 */
type Asked<Found> = PromiseWithResolvers<Found | undefined>;

/** Keys that one statement asks for. */
const most = 500;

/** @param find Looks up different keys; what is not there is left out. */
export function createLookups<Found>(
  find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (key: string) => Promise<Found | undefined> {
  const waiting = new Map<string, Asked<Found>>();
  let isUnderWay = false;

  async function look(): Promise<void> {
    // All that is asked for in one go goes out together.
    await Promise.resolve();
    while (waiting.size > 0) {
      const asked = [...waiting].slice(0, most);
      for (const [key] of asked) waiting.delete(key);
      try {
        const found = await find(asked.map(([key]) => key));
        for (const [key, { resolve }] of asked) resolve(found.get(key));
      } catch (error) {
        for (const [, { reject }] of asked) reject(error);
      }
    }
    isUnderWay = false;
  }

  return (key) => {
    let asked = waiting.get(key);
    if (asked === undefined) waiting.set(key, (asked = Promise.withResolvers()));
    if (!isUnderWay) {
      isUnderWay = true;
      void look();
    }
    return asked.promise;
  };
}
