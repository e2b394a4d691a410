/** What tests of this package build models from. */
import { TelosError } from '@telos/core';
import type { ChatMessage, Clock, Exchange, Json, JsonSchema, Models, Schemas, WorkPart } from '@telos/core';
import { z } from 'zod';
import { createModels } from '../create-models.ts';
import type { ModelSettings } from '../settings.ts';

/** JSON Schema as zod reads it. */
export const testSchemas: Schemas = {
  issues(schema: JsonSchema, value: Json) {
    let reader: z.ZodType;
    try {
      reader = z.fromJSONSchema(schema);
    } catch (error) {
      throw new TelosError('SCHEMA_INVALID', String(error), { cause: error });
    }
    const issues = reader.safeParse(value).error?.issues ?? [];
    return issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  },
};

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
};

/** An address that cannot be reached: fetch refuses port 9 without trying. */
export const nowhere = 'http://127.0.0.1:9';

/** Models whose providers are not to be reached unless the settings say so. */
export function testModels(settings: Partial<ModelSettings> = {}): Models {
  return createModels({ ollama: { host: nowhere }, schemas: testSchemas, clock: realClock, ...settings });
}

export const user = (text: string): readonly ChatMessage[] => [{ role: 'user', text }];

/** A context that keeps what it is told. */
export function listen(signal: AbortSignal = new AbortController().signal) {
  const texts: string[] = [];
  const exchanges: Exchange[] = [];
  const work: WorkPart[] = [];
  return {
    signal,
    texts,
    exchanges,
    work,
    onWork: (part: WorkPart) => void work.push(part),
    onText: (text: string) => void texts.push(text),
    onExchange: (exchange: Exchange) => void exchanges.push(exchange),
  };
}

/** The TelosError that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<TelosError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TelosError) return error;
    throw error;
  }
  throw new Error('It was expected to fail, and did not.');
}
