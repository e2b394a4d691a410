import type { Json } from '../json.ts';
import type { ServedTool } from '../program/program.ts';
import type { AnyTool } from './tool.ts';

/** Servers that say themselves which tools they have, such as those of the Model Context Protocol. */
export interface Servers {
  /**
   * What was accepted of the server that a connection names. Asks nobody, and is cheap.
   * @param connection The name under `tools:`.
   * @param settings What stands under its kind, as it is written.
   */
  known(connection: string, settings: Json): KnownServer;
  /** The tool that a program names as `<connection>.<name>`; the same for the same `served`. */
  tool(connection: string, name: string, served: ServedTool): AnyTool;
}

export type KnownServer =
  | {
      readonly tools: { readonly [name: string]: ServedTool };
      /** Tools that are not offered, with the reason. */
      readonly heldBack: { readonly [name: string]: string };
    }
  /** Why nothing is known of it, and what to do. */
  | { readonly unknown: string; readonly next: string };
