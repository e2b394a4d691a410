/** Inputs that a person wrote in place of the rendered one: with leave to run, or for a fork. */
import { TelosError } from '@telos/core';
import type { History, Json, Payload, RunState, StepPath } from '@telos/core';
import type { Rendered } from '../scope/rendering.ts';
import { withReplaced } from './with-replaced.ts';

export function givenInput(state: RunState, path: StepPath, history: History | undefined): Payload | undefined {
  return history?.allowed?.input ?? state.fork?.inputs?.[path];
}

/** @throws TelosError VALUE_INVALID when a text with a secret in it was changed. */
export function withGiven(rendered: Rendered, given: Json): Rendered {
  return withReplaced(
    rendered,
    given,
    () =>
      new TelosError('VALUE_INVALID', 'Somebody changed a text of the input that holds a secret.', {
        next: 'Leave texts with `***` as they are, or give the secret a field of its own.',
      }),
  );
}
