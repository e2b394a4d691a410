import type { Json, ToolCallReport, ToolContext } from '@telos/core';

export type RecordingContext = ToolContext & {
  readonly calls: ToolCallReport[];
  readonly lines: string[];
  readonly texts: string[];
};

/** A tool's context that keeps what the tool reports. */
export function recordingContext(
  given: Partial<ToolContext> & {
    readonly connections?: { readonly [name: string]: { kind: string; with: Json } };
  } = {},
): RecordingContext {
  const calls: ToolCallReport[] = [];
  const lines: string[] = [];
  const texts: string[] = [];
  return {
    run: '0190-run',
    path: 'step',
    attempt: 1,
    signal: new AbortController().signal,
    idempotencyKey: 'run-step',
    sources: {},
    connection: (name) => given.connections?.[name],
    emitText: (text) => void texts.push(text),
    progress: (message) => void lines.push(message),
    record: (call) => void calls.push(call),
    ...given,
    calls,
    lines,
    texts,
  };
}
