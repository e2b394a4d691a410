import { anyJson, anyJsonObject, isJsonObject } from '@telos/core';
import type { Clock, Json, JsonObject, JsonSchema, Models, Tool } from '@telos/core';
import { z } from 'zod';
import type { Workspace } from '../workspace.ts';
import { citationsIn } from './citations.ts';
import { conversationOf } from './conversation.ts';
import { modelDestinations } from './model-destinations.ts';
import { modelInput } from './model-input.ts';
import { recordExchange } from './record-exchange.ts';
import { readSources } from './source-files.ts';

const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: anyJson });

const input = z
  .strictObject({
    model: modelInput.exactOptional().describe('`provider/model`, or `auto`, which is the default.'),
    prompt: anyJson.exactOptional().describe('Text; any other value is shown to the model as JSON.'),
    messages: z.array(message).min(1).exactOptional().describe('Instead of `prompt`: the conversation so far.'),
    system: z.string().exactOptional(),
    output: z
      .strictObject({ schema: anyJsonObject })
      .exactOptional()
      .describe('A JSON Schema that the answer must fit; the step then gives the value itself.'),
    files: z.array(z.string().min(1)).max(50).exactOptional().describe('Text files of the workspace to show.'),
    temperature: z.number().min(0).max(2).exactOptional(),
    max_tokens: z.int().min(1).exactOptional(),
  })
  .refine((given) => (given.prompt === undefined) !== (given.messages === undefined), {
    message: 'exactly one of `prompt` and `messages` is needed',
  });

export type LlmInput = z.infer<typeof input>;

/**
 * Asks a model. Without a schema the output is `{ text, citations? }`, with one
 * it is the value that the model gave. On a repair the earlier output and the
 * reasons of the verdicts against it are added to the conversation.
 */
export function llmTool(models: Models, workspace: Workspace, clock: Clock): Tool<LlmInput, Json> {
  return {
    name: 'llm',
    description:
      'Asks a language model and gives its text, or with `output.schema` a value of that shape. An answer that is empty, cut off or off its schema fails.',
    input,
    output: anyJson,
    outputSchemaOf,
    effect: 'read',
    returns: [],
    idempotent: false,
    sendsOnlyToModels: true,
    sendsTo: (given, context) => modelDestinations(models, context.model ?? given.model ?? 'auto'),
    async estimate(given) {
      const files = await readSources(workspace, given.files ?? []);
      return models.estimate({
        model: given.model ?? 'auto',
        messages: conversationOf(given, files, undefined),
        ...(given.max_tokens === undefined ? {} : { maxTokens: given.max_tokens }),
      });
    },
    async run(given, context) {
      const files = await readSources(workspace, given.files ?? []);
      const generation = await models.generate(
        {
          model: context.model ?? given.model ?? 'auto',
          messages: conversationOf(given, files, context.feedback),
          ...(given.output === undefined ? {} : { schema: given.output.schema }),
          ...(given.temperature === undefined ? {} : { temperature: given.temperature }),
          ...(given.max_tokens === undefined ? {} : { maxTokens: given.max_tokens }),
        },
        {
          signal: context.signal,
          sharing: context.sharing,
          onText: (text) => context.emitText(text),
          onWork: (part) => context.emitWork?.(part),
          onExchange: (exchange) => recordExchange(context, exchange, clock),
        },
      );
      if (given.output !== undefined) return generation.value ?? null;
      const citations = citationsIn(
        generation.text,
        files.map((file) => file.name),
        context.sources,
      );
      return { text: generation.text, ...(citations.length === 0 ? {} : { citations }) };
    },
  };
}

const textAnswer: JsonSchema = {
  type: 'object',
  properties: { text: { type: 'string' }, citations: { type: 'array' } },
  required: ['text'],
  additionalProperties: false,
};

function outputSchemaOf({ output }: JsonObject): JsonSchema | undefined {
  if (output === undefined) return textAnswer;
  const schema = isJsonObject(output) ? output['schema'] : undefined;
  return isJsonObject(schema) ? schema : undefined;
}
