export type { Catalog, Compiled, CompileOptions, CompileResult } from './compiled.ts';
export type { Fault } from './fault.ts';
export type { Linked, Scope } from './linked.ts';
