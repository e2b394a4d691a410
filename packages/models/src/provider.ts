/**
 * A provider: one place where models live. Everything that is particular to it
 * stays in its folder behind this interface.
 */
import type { ChatModel, Clock, ModelInfo, TelosError } from '@telos/core';
import type { ModelSettings } from './settings.ts';

export interface Provider {
  /** What stands before the slash in `provider/model`. */
  readonly name: string;
  /** Where prices of its models are looked up; `free` where calls cost nothing. */
  readonly pricing: 'free' | { readonly providerId: string } | { readonly providerApiUrl: string };
  /** Where requests go: `api.example`, or `api.example:8443`. Absent: its models run in this process. */
  readonly host?: string;
  /** Makes no call and loads nothing heavy: that happens when the model is first asked. */
  chat(model: string): ChatModel;
  /** What stands in the way of calling the model, found without calling it. */
  problem(model: string): Promise<TelosError | undefined>;
  /** The chat model that `auto` means here; undefined when there is none to be reached. Never rejects. */
  defaultChat(): Promise<string | undefined>;
  /** Why `auto` finds no chat model here though the settings name this provider; undefined when they do not, or it finds one. Never rejects. */
  unreached?(): Promise<string | undefined>;
  /** The embedding model to use here; undefined when there is none to be reached. Never rejects. */
  defaultEmbedding(): Promise<string | undefined>;
  /** Vectors of one batch. @throws TelosError as `ChatModel.stream` does. */
  embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<EmbeddedBatch>;
  /** Never rejects: what cannot be listed is explained in a note. Prices are added by the caller. */
  list(): Promise<readonly ModelInfo[]>;
}

type EmbeddedBatch = { readonly vectors: readonly (readonly number[])[]; readonly inputTokens: number };

export type CreateProvider = (settings: ModelSettings, clock: Clock) => Provider;
