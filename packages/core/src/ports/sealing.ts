/** A secret of the store itself, by which the processes on it know what comes from one another by other ways than the store. */
export interface Sealing {
  /**
   * 32 bytes that nobody can guess: drawn when they are first asked for, and the same ever after for every process on
   * this store. Exactly one drawing counts, however many ask at once. They are handed to nobody outside.
   */
  key(): Promise<Uint8Array>;
}
