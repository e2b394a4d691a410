import { locations } from '@telos/contract';
import type { CheckList, ModelList, ToolList, WorkflowSchema } from '@telos/contract';
import { request } from '../../server/request.ts';
import type { Vocabulary } from './option.ts';

/** What this server knows now. */
export async function loadVocabulary(signal: AbortSignal): Promise<Vocabulary> {
  const [schema, tools, checks, models] = await Promise.all([
    request<WorkflowSchema>(locations.workflowSchema, { signal }),
    request<ToolList>(locations.tools, { signal }),
    request<CheckList>(locations.checks, { signal }),
    request<ModelList>(locations.models, { signal }),
  ]);
  return { schema, tools: tools.items, checks: checks.items, models: models.items };
}
