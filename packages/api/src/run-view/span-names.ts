/** Every name of the OpenTelemetry GenAI conventions (0.1) that the trace uses. */
import type { CallRecord } from '@telos/core';

export const spanNames = {
  run: 'invoke_workflow',
  step: 'step',
  attempt: 'attempt',
  check: (check: string) => `evaluate ${check}`,
  call: {
    chat: (model: string) => `chat ${model}`,
    embedding: (model: string) => `embeddings ${model}`,
    tool: (tool: string) => `execute_tool ${tool}`,
    retrieval: (source: string) => `retrieval ${source}`,
    http: (target: string) => `http ${target}`,
  } satisfies Record<CallRecord['kind'], (name: string) => string>,
} as const;

export const attributeNames = {
  operation: 'gen_ai.operation.name',
  workflow: 'gen_ai.agent.name',
  conversation: 'gen_ai.conversation.id',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  tool: 'gen_ai.tool.name',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  check: 'gen_ai.evaluation.name',
  score: 'gen_ai.evaluation.score.value',
  verdict: 'gen_ai.evaluation.score.label',
  reason: 'gen_ai.evaluation.explanation',
  /** Ours: what the conventions have no name for. */
  program: 'telos.program',
  status: 'telos.status',
  path: 'telos.step.path',
  attempt: 'telos.step.attempt',
  kind: 'telos.step.kind',
  uses: 'telos.step.uses',
  frame: 'telos.step.frame',
  skipped: 'telos.step.skipped',
  cachedRun: 'telos.step.cached.run',
  cachedPath: 'telos.step.cached.path',
  labels: 'telos.labels',
  untrustedFrom: 'telos.labels.untrusted.from',
  privateFrom: 'telos.labels.private.from',
  remedy: 'telos.remedy',
  rail: 'telos.rail',
  calibration: 'telos.calibration',
  usd: 'telos.usage.usd',
} as const;
