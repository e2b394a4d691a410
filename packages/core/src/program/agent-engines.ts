/** Frameworks that may run an agent, by the names that a workflow gives them. */
export const agentEngines = ['langchain', 'openai-agents', 'ai-sdk'] as const;

export type AgentEngineName = (typeof agentEngines)[number];
