import { turnOf, unlabelled } from '@telos/core';
import type {
  Feedback,
  JsonObject,
  Labelling,
  ModelSpec,
  RunId,
  RunState,
  RunVault,
  Sharing,
  StepPath,
  ToolContext,
  WorkPart,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { WorkerDeps } from '../ports.ts';
import type { AttemptHooks } from './active-step.ts';
import type { HiddenText } from '../scope/hide-secrets.ts';
import type { Rendering } from '../scope/rendering.ts';

export type StepContextSpec = {
  readonly path: StepPath;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly scope: Scope;
  /** Of the program that the step belongs to. */
  readonly rendering: Rendering;
  readonly feedback?: Feedback | undefined;
  readonly model?: ModelSpec | undefined;
  /** Of the input. */
  readonly labelling?: Labelling | undefined;
  /** Worked out when first asked for: most tools never look. */
  readonly sources: () => JsonObject;
};

/** Where a step runs: at its run's owner, or at another worker. */
export type StepHost = {
  readonly state: Pick<RunState, 'id' | 'namespace' | 'priority'>;
  readonly deps: Pick<WorkerDeps, 'live' | 'checks' | 'clock'>;
  /** What placeholders of the run stand for. */
  readonly vault: RunVault;
  /** Reads the version of a workflow that the run has. */
  readonly workflow: NonNullable<ToolContext['workflow']>;
};

/**
 * What a tool is given beside its input.
 *
 * One is made for every attempt and most tools use little of it, so it is a
 * class whose getters make a function when it is asked for: a tool may take
 * functions out of it, and those it leaves cost nothing.
 */
export class StepContext implements ToolContext {
  readonly run: RunId;
  readonly path: StepPath;
  readonly attempt: number;
  readonly idempotencyKey: string;
  declare readonly feedback?: Feedback;
  declare readonly model?: ModelSpec;
  declare readonly labelling?: Labelling;
  readonly #host: StepHost;
  readonly #hooks: AttemptHooks;
  readonly #spec: StepContextSpec;
  #shown: HiddenText | undefined;
  #worked: Map<string, { readonly part: WorkPart; readonly hidden: HiddenText }> | undefined;

  constructor(host: StepHost, hooks: AttemptHooks, spec: StepContextSpec) {
    this.run = host.state.id;
    this.path = spec.path;
    this.attempt = spec.attempt;
    this.idempotencyKey = spec.idempotencyKey;
    if (spec.feedback !== undefined) this.feedback = spec.feedback;
    if (spec.model !== undefined) this.model = spec.model;
    if (spec.labelling !== undefined && spec.labelling !== unlabelled) this.labelling = spec.labelling;
    this.#host = host;
    this.#hooks = hooks;
    this.#spec = spec;
  }

  get signal(): AbortSignal {
    return this.#hooks.signal;
  }

  get sources(): JsonObject {
    return this.#spec.sources();
  }

  get sharing(): Sharing {
    return { turn: turnOf(this.#host.state), onWait: (limit) => this.#hooks.onWait(limit) };
  }

  get connection(): ToolContext['connection'] {
    return (name) => this.#spec.rendering.connection(name, this.#spec.scope);
  }

  get workflow(): NonNullable<ToolContext['workflow']> {
    return (id) => this.#host.workflow(id);
  }

  get emitText(): ToolContext['emitText'] {
    const shown = (this.#shown ??= this.#spec.rendering.hideInPieces());
    return (text) => this.#say(shown.add(text));
  }

  /** The tool has ended: what was held back of its text is shown. */
  endText(): void {
    this.#say(this.#shown?.rest() ?? '');
    for (const { part, hidden } of this.#worked?.values() ?? []) {
      const text = hidden.rest();
      if (text !== '') this.#hooks.onWork({ ...part, text });
    }
    this.#worked = undefined;
  }

  get emitWork(): NonNullable<ToolContext['emitWork']> {
    // A secret may lie across two pieces: each thing that is shown piece by piece is watched by itself.
    const worked = (this.#worked ??= new Map());
    return (part) => {
      const key = part.type === 'thought' ? part.type : `${part.type} ${part.index}`;
      const hidden = worked.get(key)?.hidden ?? this.#spec.rendering.hideInPieces();
      worked.set(key, { part, hidden });
      const text = hidden.add(part.text);
      if (text !== '') this.#hooks.onWork({ ...part, text });
    };
  }

  #say(text: string): void {
    if (text !== '') this.#hooks.onText(text);
  }

  get record(): ToolContext['record'] {
    return (call) => this.#hooks.onCall(this.#spec.rendering.hide(call));
  }

  get progress(): ToolContext['progress'] {
    const { deps } = this.#host;
    const { rendering } = this.#spec;
    const { run, path, attempt } = this;
    return (message, data) =>
      deps.live.publish(run, {
        type: 'progress',
        path,
        attempt,
        message: rendering.hide(message),
        ...(data === undefined ? {} : { data: rendering.hide(data) }),
      });
  }
}
