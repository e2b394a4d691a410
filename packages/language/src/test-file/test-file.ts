/** A test file that was read: cases to be run, each with what is given and what is expected. */
import type { CheckUse, Instant, Json, JsonObject } from '@telos/core';
import type { Compiled } from '../compiled.ts';
import type { Fault } from '../fault.ts';
import type { decisions, runStatuses, stepStatuses } from './test-schema.ts';

export type TestFile = {
  readonly name: string;
  readonly description?: string;
  readonly compiled: Compiled;
  /** The workflow: its text, its file as a user would name it, and the files that it names. */
  readonly source: string;
  readonly file: string;
  readonly readFile?: (path: string) => string | undefined;
  /** Relative to the test file; absent: beside it, by its name. */
  readonly cassette?: string;
  readonly keepsPrivate: boolean;
  /** Globs. */
  readonly live: readonly string[];
  readonly cases: readonly TestCase[];
};

export type TestCase = {
  readonly name: string;
  readonly description?: string;
  readonly inputs: JsonObject;
  readonly now: Instant;
  readonly mocks: { readonly [step: string]: readonly Mock[] };
  readonly decisions: { readonly [step: string]: readonly GivenDecision[] };
  readonly signals: { readonly [name: string]: Json };
  readonly expect: Expectation;
  /** Where it stands in the file. */
  readonly line: number;
};

export type Mock =
  | { readonly output: Json }
  | { readonly error: { readonly code: string; readonly message?: string; readonly kind?: 'retryable' | 'terminal' } };

export type GivenDecision = {
  readonly decision: (typeof decisions)[number];
  readonly value?: Json;
  readonly note?: string;
  readonly as?: string;
};

export type ExpectedError = { readonly code?: string; readonly message?: string; readonly step?: string };

export type ExpectedStep = {
  readonly status?: (typeof stepStatuses)[number];
  readonly output?: Json;
  readonly attempts?: number;
  readonly error?: ExpectedError;
  readonly checks: readonly CheckUse[];
};

export type ExpectedCall = {
  readonly tool?: string;
  readonly model?: string;
  readonly step?: string;
  readonly with?: Json;
  /** Absent: once or more. */
  readonly times?: number;
};

export type Expectation = {
  readonly status: (typeof runStatuses)[number];
  readonly outputs: JsonObject;
  readonly checks: readonly CheckUse[];
  readonly error?: ExpectedError;
  readonly steps: { readonly [step: string]: ExpectedStep };
  readonly ran: readonly string[];
  readonly notRun: readonly string[];
  readonly order: readonly string[];
  readonly calls: readonly ExpectedCall[];
  readonly atMost: {
    readonly calls?: number;
    readonly tokens?: number;
    readonly usd?: number;
    readonly wallMs?: number;
  };
};

export type TestFileResult =
  | { readonly ok: true; readonly test: TestFile }
  | { readonly ok: false; readonly faults: readonly Fault[] };
