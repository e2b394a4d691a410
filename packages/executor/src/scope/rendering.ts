/** Rendering a step's `with`: once for the tool, and once, secrets masked, for the journal and every page. */
import { secretMissing } from '@telos/core';
import type { ActionStep, Connection, Json, Program } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { hideSecrets, mask } from './hide-secrets.ts';
import type { HiddenText, HideSecrets } from './hide-secrets.ts';

/** The part of a step that is rendered. */
type Templates = Pick<ActionStep, 'with'>;

export interface Rendering {
  /** What the journal and every page may see; needs no secret. */
  shown(step: Templates, scope: Scope): Json;
  /** `shown`, and `input` for the tool; the same value when no secret is involved. */
  input(step: Templates, scope: Scope): { readonly shown: Json; readonly input: Json };
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
    shown: (step, scope) => linked.render(step.with, readsSecrets(step) ? { ...scope, secrets: masked } : scope),
    input(step, scope) {
      if (!readsSecrets(step)) {
        const input = linked.render(step.with, scope);
        return { shown: input, input };
      }
      const secrets = secretsFor(JSON.stringify(step.with));
      return {
        shown: linked.render(step.with, { ...scope, secrets: masked }),
        input: linked.render(step.with, { ...scope, secrets }),
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
