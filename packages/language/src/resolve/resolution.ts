import type { CheckUse, ConnectionSpec, ModelSpec, PermissionRule, Schemas } from '@telos/core';
import type { ParsedExpression } from '../cel/expression.ts';
import type { CompileOptions } from '../compiled.ts';
import type { Place } from '../text/place.ts';
import type { Type } from '../types/type.ts';
import type { Report } from './finding.ts';
import type { AcceptedServer } from './served.ts';

/** What the parts of one compilation share. */
export type Resolution = {
  readonly options: CompileOptions;
  /** The workflow's own; empty when it has none. */
  readonly id: string;
  readonly report: Report;
  /** Notes what a person should know, and what keeps nothing from running. */
  readonly warn: Report;
  /** Parses each expression once. */
  readonly parse: (source: string) => ParsedExpression;
  readonly schemas: Schemas;
  /** Undefined for an alias whose own definition is at fault. */
  readonly models: ReadonlyMap<string, ModelSpec | undefined>;
  /** Undefined for an evaluator whose own definition is at fault. */
  readonly evaluators: ReadonlyMap<string, CheckUse | undefined>;
  /** Kinds of the connections; undefined for one that is at fault. */
  readonly connections: ReadonlyMap<string, string | undefined>;
  /** Of connections to servers that say themselves which tools they have: what was accepted. */
  readonly accepted: ReadonlyMap<string, AcceptedServer>;
  /** Filled once expressions in them can be checked. */
  readonly connectionSpecs: Map<string, ConnectionSpec>;
  /** What no step may do. */
  readonly deny: readonly PermissionRule[];
  /** What a person is asked about first. */
  readonly ask: readonly PermissionRule[];
  readonly inputs: ReadonlySet<string>;
  readonly vars: ReadonlySet<string>;
  /** Filled as inputs and vars are read. */
  readonly types: { readonly inputs: Map<string, Type>; readonly vars: Map<string, Type> };
  /** Filled as the parts go along. */
  readonly requires: {
    readonly tools: Set<string>;
    /** Of servers, by their connections. */
    readonly served: Map<string, Set<string>>;
    readonly checks: Set<string>;
    readonly models: Set<string>;
    readonly secrets: Set<string>;
    readonly workflows: Set<string>;
  };
  /** Whether any rail puts back what it hides. Set as the parts go along. */
  readonly restores: { isUsed: boolean };
  /** Where each step stands, by its chain of ids. */
  readonly places: Map<string, Place>;
};
