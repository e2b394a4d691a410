/** Inputs that a person wrote in place of the rendered one: with leave to run, or for a fork. */
import type { History, Json, JsonObject, Payload, RunState, StepPath } from '@telos/core';
import { mask } from './hide-secrets.ts';

export function givenInput(state: RunState, path: StepPath, history: History | undefined): Payload | undefined {
  return history?.allowed?.input ?? state.fork?.inputs?.[path];
}

type Rendered = { readonly shown: Json; readonly input: Json };

/** What was given is what is shown; where a secret was masked in it, the secret stands for the tool. */
export function withGiven(rendered: Rendered, given: Json): Rendered {
  return { shown: given, input: unmasked(given, rendered.input) };
}

function unmasked(given: Json, rendered: Json): Json {
  if (typeof given === 'string') return given.includes(mask) && typeof rendered === 'string' ? rendered : given;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  if (typeof rendered !== 'object' || rendered === null || Array.isArray(rendered)) return given;
  // Neither is null nor a list: both are objects.
  const source = rendered as JsonObject;
  return Object.fromEntries(
    Object.entries(given as JsonObject).map(([key, value]) => [key, unmasked(value, source[key] ?? null)]),
  );
}
