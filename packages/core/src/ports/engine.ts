/**
 * Engines of agents: frameworks whose own loop runs an agent.
 *
 * A framework is run from its beginning for every turn, and what it asks for is answered: what was said and called
 * before, from the journal; its next model call, by our models. There it stops when that asks for calls, which are made
 * as steps. So each turn and each call is recorded by itself, whichever loop it is, and a framework has nothing to keep.
 */
import type { TelosError } from '../errors/telos-error.ts';
import type { JsonObject } from '../json.ts';
import type { AgentEngineName } from '../program/agent-engines.ts';
import type { ChatMessage, ToolOffer } from './models.ts';

export type EngineTask = {
  readonly instructions: string;
  readonly input: string;
  /** Names hold letters, digits, `_` and `-` alone. */
  readonly tools: readonly ToolOffer[];
  /** Turns of the model at most. */
  readonly maxTurns: number;
};

/** A call of the framework's model: what it has made of the conversation. */
export type EngineReply = {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: JsonObject }[];
};

/** What a framework works with. */
export interface EngineHost {
  /** What its model says. Rejects when the framework is to stop. */
  ask(messages: readonly ChatMessage[]): Promise<EngineReply>;
  /** What a call gave, as the model is shown it. */
  call(id: string): string;
  readonly signal: AbortSignal;
}

export interface AgentEngine {
  /** Runs the framework's loop. @returns The text that it ends with. @throws What `ask` rejects with, or an error of its own. */
  run(task: EngineTask, host: EngineHost): Promise<string>;
}

export interface AgentEngines {
  /** ENGINE_MISSING when its package is not installed, with what to install; told without loading it. */
  missing(name: AgentEngineName): TelosError | undefined;
  /** @throws TelosError ENGINE_MISSING when its package is not installed. */
  open(name: AgentEngineName): Promise<AgentEngine>;
}
