/** Rendering a step's `with`: once for the tool, and once, secrets masked, for the journal and every page. */
import { secretMissing } from '@telos/core';
import type { ActionStep, Connection, HideAgain, Json, Program } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { withRuled } from './agent-hooks.ts';
import { hideSecrets, mask } from './hide-secrets.ts';
import type { HiddenText, HideSecrets } from './hide-secrets.ts';

/** The part of a step that is rendered. */
type Templates = Pick<ActionStep, 'with' | 'hooks'>;

/** An input as the tool gets it, and what may be seen of it: the same but for secrets, of which `shown` has the mask. */
export type Rendered = { readonly shown: Json; readonly input: Json };

export interface Rendering {
  /** What the journal and every page may see; needs no secret. */
  shown(step: Templates, scope: Scope): Json;
  /** Both are the same value when no secret is involved. */
  input(step: Templates, scope: Scope): Rendered;
  /** A connection of the program's `tools:`, its secrets in place. */
  connection(name: string, scope: Scope): Connection | undefined;
  /** Masks the program's secrets in what a tool gave back. */
  readonly hide: HideSecrets;
  /** Masks them in a text that a tool shows piece by piece. */
  readonly hideInPieces: () => HiddenText;
}

/** Of programs without secrets: the same for every run of one. */
const withoutSecrets = new WeakMap<Linked, Rendering>();

/** @throws TelosError SECRET_MISSING, from `input` and `connection`, when a secret that is read is not set. */
export function renderingOf(program: Program, linked: Linked, secret: (name: string) => string | undefined): Rendering {
  if (program.requires.secrets.length > 0) return createRendering(program, linked, secret);
  const known = withoutSecrets.get(linked) ?? createRendering(program, linked, secret);
  withoutSecrets.set(linked, known);
  return known;
}

function createRendering(program: Program, linked: Linked, secret: (name: string) => string | undefined): Rendering {
  const masked = Object.fromEntries(program.requires.secrets.map((name) => [name, mask]));
  const withSecrets = new WeakSet<Templates>();
  const without = new WeakSet<Templates>();

  function readsSecrets(step: Templates): boolean {
    if (program.requires.secrets.length === 0 || without.has(step)) return false;
    if (withSecrets.has(step)) return true;
    const reads = JSON.stringify(step.with).includes('secrets');
    (reads ? withSecrets : without).add(step);
    return reads;
  }

  function secretsFor(text: string): { readonly [name: string]: string } {
    const values: { [name: string]: string } = {};
    for (const name of program.requires.secrets) {
      // Also where it only looks as if it were named: `secrets.NAME` and `secrets["NAME"]` have many spellings.
      // But the whole name: another secret's may begin with it.
      if (!new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text)) continue;
      const value = secret(name);
      if (value === undefined) {
        throw secretMissing(name);
      }
      values[name] = value;
    }
    return values;
  }

  const values = program.requires.secrets.map((name) => secret(name)).filter((value) => value !== undefined);

  const { hide, inPieces } = hideSecrets(values);

  return {
    hide,
    hideInPieces: inPieces,
    shown: (step, scope) =>
      withRuled(
        step,
        linked.render(step.with, readsSecrets(step) ? { ...scope, secrets: masked } : scope),
        linked,
        scope,
      ),
    input(step, scope) {
      if (!readsSecrets(step)) {
        const input = withRuled(step, linked.render(step.with, scope), linked, scope);
        return { shown: input, input };
      }
      const secrets = secretsFor(JSON.stringify(step.with));
      return {
        shown: withRuled(step, linked.render(step.with, { ...scope, secrets: masked }), linked, scope),
        input: withRuled(step, linked.render(step.with, { ...scope, secrets }), linked, scope),
      };
    },
    connection(name, scope) {
      const connection = program.tools[name];
      if (connection === undefined) return undefined;
      const secrets = secretsFor(JSON.stringify(connection.with));
      const { kind, tools } = connection;
      const rendered = linked.render(connection.with, { ...scope, secrets });
      // Its server's texts were written outside: nothing in them is rendered.
      return { kind, with: rendered, ...(tools === undefined ? {} : { tools }) };
    },
  };
}

/** The same for a call that is given what is hidden from those who read what it gives: a text of it is shown when it has ended, in one piece. */
export function hidingAgain(rendering: Rendering, again: HideAgain): Rendering {
  return {
    ...rendering,
    hide: (value) => again(rendering.hide(value)),
    hideInPieces() {
      const inner = rendering.hideInPieces();
      let held = '';
      return {
        add(piece) {
          held += inner.add(piece);
          return '';
        },
        rest: () => again(held + inner.rest()),
      };
    },
  };
}
