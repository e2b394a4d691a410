/**
 * One turn of an agent: the model is shown the conversation and what came of
 * its calls, and either calls tools or answers. The rounds around it are the
 * engine's (`core/src/agent`), and so is the input, which no workflow writes.
 */
import {
  anyJson,
  anyJsonObject,
  compacted,
  isJsonObject,
  lastTurns,
  messagesWith,
  TelosError,
  turnTool,
} from '@telos/core';
import type {
  AgentTurn,
  AnyTool,
  CallResult,
  ChatMessage,
  Clock,
  Conversation,
  HookEnding,
  Json,
  Models,
  Tool,
  ToolContext,
  ToolOffer,
} from '@telos/core';
import { z } from 'zod';
import { toolJsonSchemas } from '../tool-json-schemas.ts';
import { modelDestinations } from './model-destinations.ts';
import { modelInput } from './model-input.ts';
import { recordExchange } from './record-exchange.ts';

const input = z.strictObject({
  model: modelInput,
  /** `name`: as the model is to call it. */
  tools: z.array(
    z.union([
      /** `connection`: what the engine adds to each call. */
      z.strictObject({ name: z.string(), uses: z.string(), connection: z.string().exactOptional() }),
      z.strictObject({ name: z.string(), workflow: z.string() }),
      /** Another agent, told by its description. */
      z.strictObject({ name: z.string(), description: z.string(), handsOff: z.literal(true).exactOptional() }),
    ]),
  ),
  output: z.strictObject({ schema: anyJsonObject }).exactOptional(),
  context: z.strictObject({ strategy: z.literal('drop_results'), tokens: z.number() }).exactOptional(),
  conversation: anyJsonObject,
  results: z.record(z.string(), z.strictObject({ output: anyJson, error: anyJson })),
  /** What the agent's rules have made of what is to be shown. */
  ruled: z
    .strictObject({
      heard: z.array(anyJsonObject),
      keep: z.number().exactOptional(),
      ends: anyJsonObject.exactOptional(),
    })
    .exactOptional(),
});

type TurnInput = z.infer<typeof input>;

const lastTurn =
  'This is your last turn, without tools. Answer now with what you know, and say what you could not find out.';

/** @param tools What agents may call, by name. */
export function agentTurnTool(
  models: Models,
  tools: ReadonlyMap<string, AnyTool>,
  clock: Clock,
): Tool<TurnInput, Json> {
  const offerOf = createOffers(tools);
  return {
    name: turnTool,
    description: 'One turn of an agent.',
    input,
    output: anyJson,
    effect: 'read',
    returns: [],
    idempotent: false,
    sendsOnlyToModels: true,
    sendsTo: (given, context) => modelDestinations(models, context.model ?? given.model),
    estimate: (given) => models.estimate({ model: given.model, messages: messagesOf(given) }),
    async run(given, context) {
      const heard = given.ruled === undefined ? {} : heardOf(given.ruled);
      if (heard.ends !== undefined) return { text: '', calls: [], ...heard };
      const offers: ToolOffer[] = [];
      for (const tool of given.tools) {
        const offer =
          'workflow' in tool
            ? await offerOfWorkflow(tool, context)
            : 'uses' in tool
              ? (offerOf(tool) ?? offerOfServer(tool, context))
              : offerOfAgent(tool);
        if (offer !== undefined) offers.push(offer);
      }
      const generation = await models.generate(
        {
          model: context.model ?? given.model,
          messages: messagesOf(given),
          ...(offers.length === 0 ? {} : { tools: offers }),
          ...(given.output === undefined ? {} : { schema: given.output.schema }),
        },
        {
          signal: context.signal,
          sharing: context.sharing,
          onText: (text) => context.emitText(text),
          onWork: (part) => context.emitWork?.(part),
          onExchange: (exchange) => recordExchange(context, exchange, clock),
        },
      );
      if (offers.length > 0 && generation.model.startsWith('offline/')) {
        throw new TelosError(
          'AGENT_NEEDS_MODEL',
          `${generation.model} answers from what it is shown and calls no tools.`,
        );
      }
      const turn: AgentTurn = {
        text: generation.text,
        calls: generation.toolCalls,
        ...(generation.value === undefined ? {} : { value: generation.value }),
        ...heard,
      };
      return turn;
    },
  };
}

/** What the turn keeps of its rules. Made by this engine. */
function heardOf({ heard, ends }: NonNullable<TurnInput['ruled']>): Pick<AgentTurn, 'heard' | 'ends'> {
  return {
    heard: heard as unknown as readonly ChatMessage[],
    ...(ends === undefined ? {} : { ends: ends as HookEnding }),
  };
}

function messagesOf({ conversation, results, tools, context, ruled }: TurnInput): readonly ChatMessage[] {
  // All were made by this engine.
  const before = conversation as unknown as Conversation;
  const said =
    ruled === undefined
      ? messagesWith(before, results as unknown as { readonly [step: string]: CallResult })
      : [...before.messages, ...(ruled.heard as unknown as readonly ChatMessage[])];
  const kept = ruled?.keep === undefined ? said : lastTurns(said, ruled.keep);
  const shown = context === undefined ? kept : compacted(kept, context);
  const hadTools = said.some((message) => message.role === 'tool');
  return tools.length === 0 && hadTools ? [...shown, { role: 'user', text: lastTurn }] : shown;
}

type Offered = Extract<TurnInput['tools'][number], { readonly uses: string }>;

/** What a model is told of a tool. Schemas take their time to be written down, and do not change. */
function createOffers(tools: ReadonlyMap<string, AnyTool>): (offered: Offered) => ToolOffer | undefined {
  const schemas = new Map<string, ToolOffer['input']>();
  const schemaOf = (tool: AnyTool): ToolOffer['input'] => {
    const schema = schemas.get(tool.name) ?? toolJsonSchemas(tool).input;
    schemas.set(tool.name, schema);
    return schema;
  };
  return ({ name, uses, connection }) => {
    const tool = tools.get(uses);
    if (tool === undefined) return undefined;
    const schema = schemaOf(tool);
    return {
      name,
      description: tool.description,
      input: connection === undefined ? schema : withoutConnection(schema),
    };
  };
}

/** Of a server's tool a model is told what the program has of it, whatever the server says by now. */
function offerOfServer({ name, uses }: Offered, context: Pick<ToolContext, 'connection'>): ToolOffer | undefined {
  const dot = uses.indexOf('.');
  const tools = dot === -1 ? undefined : context.connection(uses.slice(0, dot))?.tools;
  const tool = uses.slice(dot + 1);
  const served = tools !== undefined && Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  return served === undefined ? undefined : { name, description: served.description, input: served.input };
}

/** Another workflow takes its inputs. Of one that the run does not have nothing is known, and its call says so. */
async function offerOfWorkflow(
  { name, workflow: id }: { readonly name: string; readonly workflow: string },
  context: Pick<ToolContext, 'workflow'>,
): Promise<ToolOffer> {
  const workflow = await context.workflow?.(id);
  const inputs = Object.entries(workflow?.inputs ?? {});
  const properties = inputs.map(([input, { schema, default: given }]) => [
    input,
    given === undefined ? schema : { ...schema, default: given },
  ]);
  const required = inputs.filter(([, spec]) => spec.required && spec.default === undefined).map(([input]) => input);
  return {
    name,
    description: workflow?.description ?? `Runs the workflow ${id}.`,
    input: {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
      ...(workflow === undefined ? {} : { additionalProperties: false }),
    },
  };
}

type OfferedAgent = Extract<TurnInput['tools'][number], { readonly description: string }>;

function offerOfAgent({ name, description, handsOff }: OfferedAgent): ToolOffer {
  const told =
    handsOff === undefined
      ? 'What it is to do. It sees nothing else of this conversation.'
      : 'What is left to do. It sees this conversation, and answers in your place.';
  const task = { type: 'string', description: told };
  const input = { type: 'object', properties: { task }, required: ['task'], additionalProperties: false };
  return { name, description, input };
}

/** A connection is the workflow's affair: the model neither sees nor chooses it. */
function withoutConnection(schema: ToolOffer['input']): ToolOffer['input'] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return schema;
  const { connection: _, ...others } = properties;
  const needed = Array.isArray(required) ? { required: required.filter((key) => key !== 'connection') } : {};
  return { ...schema, properties: others, ...needed };
}
