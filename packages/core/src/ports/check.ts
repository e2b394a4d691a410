import type { z } from 'zod';
import type { Json, JsonObject } from '../json.ts';
import type { Usage } from '../usage.ts';
import type { Sharing } from './models.ts';
import type { Destination, ToolCallReport } from './tool.ts';

/** What is judged, and what it may be judged by. */
export type Subject = {
  readonly value: Json;
  /** The value as text: itself when it is a string, its `text` field when it has one, else JSON. */
  readonly text: string;
  /** The step's input as rendered. */
  readonly input: Json;
  /** Outputs of the steps that it read, by step id. */
  readonly sources: { readonly [step: string]: Json };
};

export type Verdict = {
  /** In [0, 1]; higher is better. */
  readonly score: number;
  readonly verdict: 'pass' | 'fail' | 'error';
  /** One or two sentences for a person, and for a model that is to repair the output. */
  readonly reason: string;
  readonly evidence?: Json;
  /** What the value would be once it is mended: repaired, redacted. Only where someone asked for it. */
  readonly replacement?: Json;
  /** What the placeholders in `replacement` stand for. Kept in memory; in the journal, seen by nobody, where the rail puts it back. */
  readonly vault?: Vault;
  readonly usage?: Usage;
  /** Of the check that says it, where that has one. */
  readonly version?: string;
};

/** What was hidden, by the placeholder that stands in its place: `{ "<EMAIL_1>": "anna@acme.example" }`. */
export type Vault = { readonly [placeholder: string]: string | number };

/** Gives as many small letters as a placeholder has at its end. */
export type DrawLetters = () => string;

export interface CheckContext {
  readonly signal: AbortSignal;
  /** Adds a model call to the journal and the trace. */
  record(call: ToolCallReport): void;
  /** Of the model calls that the check makes: to be passed on with each. */
  readonly sharing?: Sharing | undefined;
  /** What was hidden earlier in the run: the same texts get the same placeholders, and none stands for two things. */
  readonly vault?: Vault;
  /** Whether placeholders have to be ones that nobody can guess (`isDrawn`): what they stand for may be put back. */
  readonly drawn?: true;
  /** Draws the letters that nobody can guess; absent: the check does, by chance. */
  readonly letters?: DrawLetters;
}

/**
 * Guardrails and judges are the same thing at different prices. A check that
 * cannot run gives `error`, which is never a pass.
 */
export interface Check<P = never> {
  readonly name: string;
  readonly description: string;
  /** Which evaluator it is among those that have had its name: stands with every verdict, so that it is known whose measurements tell of that. */
  readonly version?: string;
  readonly params: z.ZodType<P>;
  readonly needs: 'local' | 'model';
  /**
   * What it is there to catch, for a check that guards: "attempts to turn the model". A label of 1 then marks what
   * should be caught. Absent for a check that rates: a label of 1 marks what is good. The score says "how good" either way.
   */
  readonly catches?: string;
  /**
   * What it can put in place of a value that does not pass, each with the parameters that ask for it: `redact` puts
   * placeholders in place of what was found, `repair` mends it. Absent: nothing.
   */
  readonly offers?: { readonly [how in 'redact' | 'repair']?: JsonObject };
  /** Whether it gives a `vault` with what it redacts, of placeholders that nobody can guess when it is asked for such. */
  readonly restorable?: true;
  /**
   * What scoring this may cost, as far as can be told before it is done; absent: nothing. Asked again, or repaired, it
   * may cost more.
   *
   * @param answerTokens Of each answer of a model; absent: as many as it may write.
   */
  estimate?(subject: Subject, params: P, answerTokens?: number): Promise<Usage>;
  /**
   * Where it sends what it judges: to models alone, if anywhere. Absent: it asks no model, or, when it `needs` one, may
   * send it anywhere.
   */
  sendsTo?(params: P): Promise<readonly Destination[]>;
  score(subject: Subject, params: P, context: CheckContext): Promise<Verdict>;
}

/** A check of any parameter type, as catalogues hold it. Parameters are parsed by `params` before `score` sees them. */
// oxlint-disable-next-line no-explicit-any -- contravariant in its parameters: only `any` admits every check
export type AnyCheck = Check<any>;
