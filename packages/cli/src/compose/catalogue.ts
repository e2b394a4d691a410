/** What workflows may name: models, tools, checks. Made without opening or loading anything; each opens at its first use. */
import type { AnyTool, Clock, Limiter, Models, Schemas } from '@telos/core';
import { systemClock } from '@telos/driver-local';
import { createChecks } from '@telos/evaluators';
import { createKnowledge, createMemoryStore, knowledgeTools, memoryTools } from '@telos/knowledge';
import type { Knowledge, MemoryStore } from '@telos/knowledge';
import { currentTraceContext } from '@telos/executor/trace-context';
import { createSchemas } from '@telos/language';
import type { Catalog } from '@telos/language';
import { createModels } from '@telos/models';
import { createTools } from '@telos/tools';
import type { Mcp } from '@telos/tools';
import type { Config } from '../config/config.ts';
import type { Outside } from '../outside/outside.ts';
import { createConditions } from './conditions.ts';
import { version } from './installation.ts';
import { openLimiter } from './open-limiter.ts';
import type { Secrets } from './secrets.ts';
import { composeServers, meetingOf } from './servers.ts';
import { knowledgePath, memoryPath, withheldFrom } from './withheld.ts';
import type { IsWithheld } from './withheld.ts';

export type Catalogue = {
  readonly catalog: Catalog;
  readonly models: Models;
  readonly knowledge: Knowledge;
  readonly memory: MemoryStore;
  readonly schemas: Schemas;
  readonly clock: Clock;
  readonly isWithheld: IsWithheld;
  readonly mcp: Mcp;
  /** Meets the servers that a workflow names and that were not met yet. */
  readonly meet: (source: string) => Promise<void>;
};

export type CatalogueOptions = {
  /** Counts what is used of rate limits. */
  readonly limiter?: Limiter;
  /** Absent: no server can be met whose connection names one. */
  readonly secrets?: Secrets;
  /** Told of servers that were taken at their word. */
  readonly tell?: (message: string) => void;
  /** In place of what is really outside of a run. */
  readonly outside?: Outside | undefined;
};

/**
 * @param workspace The folder whose files workflows may name: the working directory.
 */
export function composeCatalogue(
  config: Config,
  workspace: string,
  { limiter, secrets, tell, outside }: CatalogueOptions = {},
): Catalogue {
  const clock = outside?.clock ?? systemClock;
  const limits = config.rateLimits;
  const rateLimits = limits === undefined ? undefined : { limits, limiter: limiter ?? openLimiter(config, clock) };
  const schemas = createSchemas();
  const traceparent = (): string | undefined => currentTraceContext()?.traceparent;
  const settings = { openai: config.openai, ollama: config.ollama, rateLimits, schemas, clock, traceparent };
  const callable = createModels(settings);
  const models = outside?.models(callable) ?? callable;
  const isWithheld = withheldFrom(config, workspace);
  const knowledge = createKnowledge({ path: knowledgePath(config), workspace, isWithheld, models, clock });
  const { allowedHosts, writable, search } = config;
  const tools = createTools({
    models,
    clock,
    workspace,
    isWithheld,
    writable,
    allowedHosts,
    search,
    traceContext: currentTraceContext,
  });
  const memory = createMemoryStore(memoryPath(config), clock);
  const more = [...knowledgeTools(knowledge), ...memoryTools(memory)];
  const named = [...tools.values(), ...more].map((tool): [string, AnyTool] => [tool.name, outside?.tool(tool) ?? tool]);
  const checks = createChecks({ models, schemas, evaluateCondition: createConditions(), version: version() });
  const mcp = composeServers({ config, workspace, clock, schemas, checks, secrets, tell });
  return {
    catalog: {
      tools: new Map(named),
      checks,
      servers: outside?.servers(mcp.servers) ?? mcp.servers,
      privateHosts: config.privateHosts,
      ...(config.shared === undefined ? {} : { shared: config.shared }),
    },
    models,
    knowledge,
    memory,
    schemas,
    clock,
    isWithheld,
    mcp,
    meet: meetingOf(mcp, config.shared),
  };
}
