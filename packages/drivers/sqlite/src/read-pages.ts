/** A page of what is read, and where the next one begins; without a `next` it is the last. */
export type PageRead<T, P> = { readonly page: readonly T[]; readonly next: P | undefined };

/**
 * What is read page by page, one after the other.
 *
 * An async generator would read better: it makes a dozen objects to give one, and
 * every run that is taken up reads its journal through this.
 *
 * @param read Reads the page that begins at the given place; the first one without.
 */
export function readPages<T, P>(read: (from: P | undefined) => PageRead<T, P>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Pages(read) };
}

class Pages<T, P> implements AsyncIterator<T> {
  readonly #read: (from: P | undefined) => PageRead<T, P>;
  #page: readonly T[] = [];
  #at = 0;
  #from: P | undefined;
  #isLast = false;

  constructor(read: (from: P | undefined) => PageRead<T, P>) {
    this.#read = read;
  }

  // Async, so that what reading throws is a rejection.
  async next(): Promise<IteratorResult<T>> {
    while (this.#at === this.#page.length) {
      if (this.#isLast) return { done: true, value: undefined };
      const { page, next } = this.#read(this.#from);
      this.#page = page;
      this.#at = 0;
      this.#from = next;
      this.#isLast = next === undefined;
    }
    const value = this.#page[this.#at];
    this.#at += 1;
    // The loop above has seen to it that this is within the page.
    return { done: false, value: value as T };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#page = [];
    this.#at = 0;
    this.#isLast = true;
    return { done: true, value: undefined };
  }
}
