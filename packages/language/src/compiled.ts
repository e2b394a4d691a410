import type {
  AgentEngines,
  AnyCheck,
  AnyTool,
  CheckUse,
  ConnectionSpec,
  Hash,
  PermissionsSpec,
  Program,
  Servers,
} from '@telos/core';
import type { Fault } from './fault.ts';
import type { Type } from './types/type.ts';
import type { SharedDefinitions } from './shared/shared-definitions.ts';

/** What a workflow may name. */
export type Catalog = {
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** What is known of servers that say themselves which tools they have. Absent: there can be no connections to such. */
  readonly servers?: Servers;
  /** Which frameworks that agents name are not here. Absent: nothing is known of any, and the agent finds out. */
  readonly engines?: Pick<AgentEngines, 'missing'>;
  /** Hosts that the installation lets have private data; default those of the configured model providers. */
  readonly privateHosts?: readonly string[];
  /** Definitions that a workflow may use as if they stood in it. */
  readonly shared?: SharedDefinitions;
};

/** A workflow that a step runs: what it takes, and what it gives. */
export type Child = { readonly program: Pick<Program, 'inputs'>; readonly gives: Type };

export type CompileOptions = {
  readonly catalog: Catalog;
  /** Shown in faults, and the base of relative paths. */
  readonly file?: string;
  /** `plan` refuses triggers, expose, tools, permissions, limits, catch, finally, and steps that run a workflow. Default `workflow`. */
  readonly subset?: 'workflow' | 'plan';
  /** What a plan was given: connections of the workflow around it, which it may use and cannot declare. */
  readonly connections?: { readonly [name: string]: ConnectionSpec };
  /** What a plan was given: the workflow's rules of what a person is asked about, and of what nobody may do. */
  readonly permissions?: Pick<PermissionsSpec, 'ask' | 'deny'>;
  /** The workflow of an id, as it is now, for steps that run it. Absent, or undefined: nothing is known of what it takes and gives. */
  readonly workflow?: (id: string) => Child | undefined;
  /** Reads a file that the workflow names (`prompt: { file }`, `schema: ./x.json`), relative to the workflow's own folder. Absent: such references are faults. A TelosError that it throws becomes the fault. */
  readonly readFile?: (path: string) => string | undefined;
};

export type Compiled = {
  readonly program: Program;
  /** SHA-256 of `canonical`. */
  readonly hash: Hash;
  /** The program as canonical JSON: sorted keys, no white space. */
  readonly canonical: string;
  /** What a person should know of a workflow that can be run all the same: where each run of it will stop for them, and what in an expression fails when it is reached, or is seldom meant. */
  readonly warnings: readonly Fault[];
  /** Judges that are certain to be shown private data, where not every model may have any: `closedJudges` tells which of them may not. */
  readonly judging: readonly JudgingPrivate[];
  /** What is known of its outputs before it runs. */
  readonly gives: Type;
  /** Where each step stands in the source, by its id chain (`findings.search`, `catch[0].tell`). */
  readonly positions: { readonly [step: string]: { readonly line: number; readonly column: number } };
};

export type JudgingPrivate = {
  readonly use: CheckUse;
  /** Steps and inputs that what is private comes from. */
  readonly from: readonly string[];
  readonly at: Pick<Fault, 'file' | 'line' | 'column' | 'path'>;
};

export type CompileResult =
  | { readonly ok: true; readonly compiled: Compiled }
  | { readonly ok: false; readonly faults: readonly Fault[] };
