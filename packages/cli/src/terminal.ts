/** An environment record: `process.env` in `main.ts`, a plain object in tests. */
export type Environment = { readonly [name: string]: string | undefined };

/** What a command knows of the world it was called in. Only `main.ts` builds one from the process. */
export interface Terminal {
  readonly environment: Environment;
  /** The working directory, absolute. */
  readonly folder: string;
  /** Whether standard output is watched by a person; then progress is drawn and text is written for reading. */
  readonly isInteractive: boolean;
  /** Whether colours may be used on standard output. */
  readonly hasColour: boolean;
  size(): { readonly columns: number; readonly rows: number };
  /** Writes to standard output as it is. */
  write(text: string): void;
  /** Writes to standard error as it is. */
  complain(text: string): void;
  /** Calls back at each Ctrl-C (and SIGTERM) from now on, instead of ending the process; gives the way to stop that. */
  onInterrupt(listener: () => void): () => void;
  now(): number;
}
