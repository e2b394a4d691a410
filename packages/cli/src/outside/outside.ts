/**
 * What is outside of a run, and how something else is put in its place: models,
 * tools, servers, secrets, the clock and chance. The engine around it is the real one.
 */
import type { AnyTool, Clock, DrawLetters, Models, Servers, Vault } from '@telos/core';
import type { Secrets } from '../compose/secrets.ts';

export type Outside = {
  readonly clock: Clock;
  readonly models: (real: Models) => Models;
  readonly tool: (real: AnyTool) => AnyTool;
  readonly servers: (real: Servers) => Servers;
  readonly secrets: (real: Secrets) => Secrets;
  /** In [0, 1). */
  readonly random: () => number;
  /** Of placeholders that nobody can guess otherwise. */
  readonly letters: DrawLetters;
  /** Told what rails have hidden. */
  readonly onHidden: (hidden: Vault) => void;
};
