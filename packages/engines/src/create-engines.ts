/** Engines by name. A framework is loaded when an agent names it, and is asked for by its package when it is not there. */
import { createRequire } from 'node:module';
import { TelosError } from '@telos/core';
import type { AgentEngine, AgentEngineName, AgentEngines } from '@telos/core';
import { aiSdkEngine } from './ai-sdk-engine.ts';
import type { AISdk } from './ai-sdk-engine.ts';
import { langchainEngine } from './langchain-engine.ts';
import type { LangChain } from './langchain-engine.ts';
import { openaiAgentsEngine } from './openai-agents-engine.ts';
import type { OpenAIAgents } from './openai-agents-engine.ts';

/** Not told to the type checker: a framework may be absent, and its types are no part of ours. */
const load = (name: string): Promise<unknown> => import(name);

type Framework = {
  readonly package: string;
  readonly version: string;
  readonly load: () => Promise<AgentEngine>;
  /** Throws as `load` would when the package is not there, and loads nothing; default: looks for it where that would. */
  readonly find?: () => void;
};

const { resolve } = createRequire(import.meta.url);

/** Versions that the tests run with. Of each framework, the part that is used is written down beside what uses it. */
const frameworks: { readonly [N in AgentEngineName]: Framework } = {
  langchain: {
    package: 'langchain',
    version: '1.5.14',
    load: async () => langchainEngine((await load('langchain')) as LangChain),
  },
  'openai-agents': {
    package: '@openai/agents-core',
    version: '0.20.0',
    load: async () => openaiAgentsEngine((await load('@openai/agents-core')) as OpenAIAgents),
  },
  'ai-sdk': {
    package: 'ai',
    version: '7.0.173',
    load: async () => aiSdkEngine((await load('ai')) as AISdk),
  },
};

/** @param from How each is loaded; default: the package beside this one. */
export function createEngines(from: typeof frameworks = frameworks): AgentEngines {
  const opened = new Map<AgentEngineName, AgentEngine>();

  function missing(name: AgentEngineName, cause: unknown): TelosError {
    const { package: wanted, version } = from[name];
    return new TelosError(
      'ENGINE_MISSING',
      `The agent engine ${name} needs the package ${wanted}, which is not installed.`,
      {
        next: `Install it: npx -y pnpm@12 add --workspace-root ${wanted}@${version}. Or write engine: native.`,
        details: { package: wanted, version },
        cause,
      },
    );
  }

  return {
    missing(name) {
      const { package: wanted, find = () => void resolve(wanted) } = from[name];
      try {
        find();
        return undefined;
      } catch (error) {
        // A package may be for `import` alone, and is there all the same.
        return isMissing(error) ? missing(name, error) : undefined;
      }
    },
    async open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      try {
        const engine = await from[name].load();
        opened.set(name, engine);
        return engine;
      } catch (error) {
        throw isMissing(error) ? missing(name, error) : error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
