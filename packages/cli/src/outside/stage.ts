/**
 * Puts answers in place of what a run calls: models and tools are asked nothing
 * that somebody else answers, and every call is noted.
 */
import { addUsage, drawnLetters, isJsonObject, matchesGlob, noUsage, TelosError, turnTool } from '@telos/core';
import type {
  AnyTool,
  ErrorCode,
  Exchange,
  GenerateRequest,
  Generation,
  Json,
  Models,
  ToolContext,
  Usage,
  Vault,
} from '@telos/core';
import { courseUnderWay } from '@telos/executor/strays';
import { namesStep } from '@telos/language';
import type { Mock, OutsideAnswer, OutsideCall } from '@telos/language';
import type { Secrets } from '../compose/secrets.ts';
import type { Answers, AnsweredCall } from './answers.ts';
import type { Outside } from './outside.ts';
import type { SkippingClock } from './skipping-clock.ts';

export type StageOptions = {
  readonly clock: SkippingClock;
  readonly answers: Answers;
  readonly mocks: { readonly [step: string]: readonly Mock[] };
  /** Globs of tools that are really called. */
  readonly live: readonly string[];
  /** Whether calls may really be made, so that secrets and hosts are the real ones. */
  readonly isReal: boolean;
};

export type Stage = Outside & {
  /** Every call that was made, mocks aside, in the order in which they ended; last those that have not, which the run has let go. */
  answered(): readonly AnsweredCall[];
  /** What rails have hidden: placeholders, and what they stand for. */
  readonly hidden: Vault;
  /** Every call that was begun, those included that steps with a mock or a live tool made. */
  readonly begun: readonly OutsideCall[];
};

/** They compute from what they are given, and call nobody. */
const computing: ReadonlySet<string> = new Set(['transform', 'script.js']);

/** Their calls are those that they make of models. */
const asking: ReadonlySet<string> = new Set(['llm', turnTool]);

/** How the run's own id is written down: it is another one each time. */
const runMark = '<run.id>';

export function createStage({ clock, answers, mocks, live, isReal }: StageOptions): Stage {
  const answered: AnsweredCall[] = [];
  const begun: OutsideCall[] = [];
  const hidden: { [placeholder: string]: string | number } = {};
  const underWay = new Set<OutsideCall & { readonly attempt: number }>();
  const taken = new Map<string, number>();
  let secrets: Secrets | undefined;

  /** What a step gives by its mock; undefined when it has none. */
  function mockOf(path: string): Mock | undefined {
    const named = Object.keys(mocks).filter((name) => namesStep(name, path));
    const name = named.find((each) => each === path) ?? named[0];
    const list = name === undefined ? undefined : mocks[name];
    if (name === undefined || list === undefined) return undefined;
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    return list[Math.min(count, list.length - 1)];
  }

  /** Without what is another each time, and what nobody may read. */
  function shown(value: Json, run: string): Json {
    const marks = [...(secrets?.names ?? [])].flatMap((name): [string, string][] => {
      const secret = secrets?.value(name);
      return secret === undefined || secret === '' ? [] : [[secret, secretMark(name)]];
    });
    return replaced(value, run === '' ? marks : [...marks, [run, runMark]]);
  }

  async function asked(call: OutsideCall, attempt: number, make: () => Promise<OutsideAnswer>): Promise<OutsideAnswer> {
    begun.push(call);
    const made = { ...call, attempt };
    underWay.add(made);
    const letGo = clock.hold();
    try {
      const answer = await answers.answer(call, attempt, make);
      const { gives, error, usage } = answer;
      answered.push({
        ...made,
        ...(gives === undefined ? {} : { gives }),
        ...(error === undefined ? {} : { error }),
        ...(usage === undefined ? {} : { usage }),
      });
      return answer;
    } finally {
      underWay.delete(made);
      letGo();
    }
  }

  return {
    clock,
    answered: () => [...answered, ...Array.from(underWay, (call) => ({ ...call, error: cancelledError }))],
    begun,
    random: () => 0.5,
    letters: () => 'a'.repeat(drawnLetters),
    hidden,
    onHidden: (more) => void Object.assign(hidden, more),
    secrets(real) {
      secrets = real;
      return isReal ? real : { names: real.names, value: secretMark };
    },
    tool: (real) => stagedTool(real),
    servers: (real) => ({
      known: (connection, settings) => real.known(connection, settings),
      tool: (connection, name, served) => stagedTool(real.tool(connection, name, served)),
    }),
    models: (real) => stagedModels(real),
  };

  function stagedTool(real: AnyTool): AnyTool {
    const { sendsTo } = real;
    const isAnswered =
      !computing.has(real.name) && !asking.has(real.name) && !live.some((glob) => matchesGlob(glob, real.name));
    return {
      ...real,
      ...(sendsTo === undefined || isReal
        ? {}
        : {
            // A connection whose address is a secret leads anywhere.
            sendsTo: async (input: never, context: never) => {
              try {
                return await sendsTo(input, context);
              } catch {
                return 'anywhere';
              }
            },
          }),
      async run(input: Json, context: ToolContext) {
        const mock = mockOf(context.path);
        const { run, path: step, attempt } = context;
        const call: OutsideCall = { step, kind: 'tool', name: real.name, with: shown(plainJson(input), run) };
        if (mock !== undefined || !isAnswered) {
          if (!asking.has(real.name)) begun.push(call);
          if (mock === undefined) return held(() => real.run(input, context));
          if ('output' in mock) return mock.output;
          throw errorOf({ message: `The mock of ${step} fails.`, ...mock.error });
        }
        let made: Json | undefined;
        const answer = await asked(call, attempt, async () => {
          try {
            made = await real.run(input, context);
            return { gives: shown(made, run) };
          } catch (error) {
            return { error: recordOf(context.signal.aborted ? context.signal.reason : error) };
          }
        });
        if (answer.error !== undefined) return failed(answer.error, context.signal);
        return made ?? marked(answer.gives ?? null, run);
      },
    };
  }

  async function held<T>(act: () => Promise<T>): Promise<T> {
    const letGo = clock.hold();
    try {
      return await act();
    } finally {
      letGo();
    }
  }

  function stagedModels(real: Models): Models {
    const staged: Models = {
      ...real,
      async generate(request, context) {
        const { run = '', path: step = '@input', attempt = 1 } = courseUnderWay() ?? {};
        const name = typeof request.model === 'string' ? request.model : request.model.fallback.join(' | ');
        const call: OutsideCall = { step, kind: 'model', name, with: shown(requestOf(request), run) };
        let made: Generation | undefined;
        const answer = await asked(call, attempt, async () => {
          let usage: Usage = noUsage;
          try {
            made = await real.generate(request, {
              ...context,
              onExchange(exchange) {
                usage = addUsage(usage, exchange.usage);
                context.onExchange?.(exchange);
              },
            });
            return { gives: shown(answerOf(made), run), usage };
          } catch (error) {
            return { error: recordOf(context.signal.aborted ? context.signal.reason : error), usage };
          }
        });
        if (made !== undefined) return made;
        if (answer.error?.code === cancelledCode) return failed(answer.error, context.signal);
        return told(request, answer, run, clock.now(), context);
      },
    };
    if (isReal) return staged;
    return {
      ...staged,
      // What nobody here can be asked: a test is the same on every machine.
      embed: async () => undefined,
      problem: async () => undefined,
      hosts: async (use) => (use === 'embedding' || isNamed(use.chat) ? ((await real.hosts?.(use)) ?? []) : []),
      estimate: async (request) =>
        isNamed(request.model)
          ? real.estimate(request)
          : { ...(await real.estimate({ ...request, model: 'offline/extractive' })), usd: 0 },
    };
  }
}

export function secretMark(name: string): string {
  return `<secret ${name}>`;
}

function isNamed(model: GenerateRequest['model']): boolean {
  return typeof model === 'string' ? model !== 'auto' : !model.fallback.includes('auto');
}

/** A request as people read it. Of the tools that are offered, the names. */
function requestOf({ messages, tools = [], schema, temperature, maxTokens }: GenerateRequest): Json {
  return plainJson({
    messages: messages.map((message) => ({ ...message })),
    ...(tools.length === 0 ? {} : { tools: tools.map(({ name }) => name) }),
    ...(schema === undefined ? {} : { schema }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  });
}

function answerOf({ model, text, value, toolCalls, finish }: Generation): Json {
  return plainJson({
    model,
    ...(value === undefined ? { text } : { value }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...(finish === 'stop' ? {} : { finish }),
  });
}

/** Of a call that was aborted: whoever answers it again lets it wait until it is. */
const cancelledCode = 'CANCELLED';

export const cancelledError = { code: cancelledCode, kind: 'terminal', message: 'The step was cancelled.' } as const;

/** Fails as was recorded. @throws TelosError */
async function failed(error: NonNullable<OutsideAnswer['error']>, signal: AbortSignal): Promise<never> {
  if (error.code === cancelledCode) await untilAborted(signal);
  signal.throwIfAborted();
  throw errorOf(error);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Gives what was recorded as the model would have, its exchange included. @throws TelosError what was recorded. */
function told(
  { model: asked, messages, schema }: GenerateRequest,
  { gives, error, usage = noUsage }: OutsideAnswer,
  run: string,
  startedAt: number,
  { onExchange, onText }: Parameters<Models['generate']>[1],
): Generation {
  const given = marked(gives ?? null, run);
  const fields = isJsonObject(given) ? given : {};
  const written = typeof fields['text'] === 'string' ? fields['text'] : undefined;
  const isCall = fields['tool_calls'] !== undefined;
  const value =
    fields['value'] ?? (schema === undefined || written === undefined || isCall ? undefined : valueIn(written));
  const text = written ?? (value === undefined ? '' : JSON.stringify(value));
  const model = typeof fields['model'] === 'string' ? fields['model'] : typeof asked === 'string' ? asked : '';
  // As `answerOf` writes them.
  const toolCalls = (fields['tool_calls'] ?? []) as unknown as Generation['toolCalls'];
  const finish = (fields['finish'] ?? 'stop') as Generation['finish'];
  const exchange: Exchange = {
    model,
    startedAt,
    messages,
    text,
    toolCalls,
    finish: error === undefined ? finish : 'failed',
    usage,
    ...(error === undefined ? {} : { error }),
  };
  onExchange?.(exchange);
  if (error !== undefined) throw errorOf(error);
  if (text !== '' && value === undefined) onText?.(text);
  return { model, text, toolCalls, finish, usage, ...(value === undefined ? {} : { value }) };
}

/** The JSON that an answer is, or that stands in it between a fence. */
function valueIn(text: string): Json | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text)?.[1];
  for (const candidate of fenced === undefined ? [text] : [text, fenced]) {
    try {
      // Safe: what JSON.parse gives is JSON.
      return JSON.parse(candidate) as Json;
    } catch {
      continue;
    }
  }
  return undefined;
}

function recordOf(error: unknown): NonNullable<OutsideAnswer['error']> {
  if (error instanceof TelosError) {
    // However a call was let go: its step was stopped, by a sibling that failed or by a person.
    const code = isLetGo(error) ? cancelledCode : error.code;
    return { code, kind: error.kind, message: error.message };
  }
  return { code: 'TOOL_FAILED', kind: 'terminal', message: error instanceof Error ? error.message : String(error) };
}

function isLetGo({ code }: TelosError): boolean {
  return code === 'INTERRUPTED' || code === 'HANDED_OVER' || code === cancelledCode;
}

function errorOf({
  code,
  kind,
  message,
}: {
  readonly code: string;
  readonly kind?: 'retryable' | 'terminal' | 'bug';
  readonly message: string;
}): TelosError {
  // Of the catalogue: it was thrown by a tool, or read from a test that was checked.
  return new TelosError(code as ErrorCode, message, kind === undefined ? {} : { kind });
}

function marked(value: Json, run: string): Json {
  return run === '' ? value : replaced(value, [[runMark, run]]);
}

/** The value with texts in it replaced, wherever they stand. */
function replaced(value: Json, texts: readonly (readonly [string, string])[]): Json {
  if (texts.length === 0) return value;
  if (typeof value === 'string') return texts.reduce((text, [from, to]) => text.replaceAll(from, to), value);
  // A list of JSON.
  if (Array.isArray(value)) return value.map((item) => replaced(item as Json, texts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, replaced(field, texts)]));
}

/** What JSON keeps of a value: nothing that is undefined. */
function plainJson(value: unknown): Json {
  // Safe: what JSON.parse gives is JSON.
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
