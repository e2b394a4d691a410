import type { Hold, ModelServerRequest, Reply, ScriptedToolCall, ScriptedUsage } from './script.ts';

/** An answer with every default filled in, ready to be put into either protocol. */
export type Spoken = {
  readonly pieces: readonly string[];
  readonly refusal?: string;
  readonly thought?: { readonly pieces: readonly string[]; readonly as: 'reasoning' | 'reasoning_content' };
  readonly toolCalls: readonly ScriptedToolCall[];
  readonly finish: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  /** Undefined: nothing is reported. */
  readonly usage?: { readonly input: number; readonly output: number; readonly cached: number };
  readonly hold?: Hold;
  readonly holdBefore?: Hold;
  readonly disconnect?: 'before' | 'midway';
  readonly unfinished: boolean;
};

type Said = Exclude<Reply, { status: number } | { malformed: true }>;

/** Fills in what a reply leaves open. */
export function spokenOf(reply: Said, request: ModelServerRequest): Spoken {
  const text = 'json' in reply ? JSON.stringify(reply.json) : 'text' in reply ? reply.text : '';
  const toolCalls = ('toolCalls' in reply ? reply.toolCalls : undefined) ?? [];
  const finish = ('finish' in reply ? reply.finish : undefined) ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop');
  const usage = usageOf('usage' in reply ? reply.usage : undefined, request.text, text);
  return {
    pieces: piecesOf(text),
    ...('refusal' in reply ? { refusal: reply.refusal } : {}),
    ...('thought' in reply && reply.thought !== undefined ? { thought: thoughtOf(reply.thought) } : {}),
    toolCalls,
    finish,
    ...(usage === undefined ? {} : { usage }),
    ...('hold' in reply && reply.hold !== undefined ? { hold: reply.hold } : {}),
    ...('holdBefore' in reply && reply.holdBefore !== undefined ? { holdBefore: reply.holdBefore } : {}),
    ...('disconnect' in reply && reply.disconnect !== undefined ? { disconnect: reply.disconnect } : {}),
    unfinished: 'unfinished' in reply && (reply.unfinished ?? false),
  };
}

function usageOf(usage: ScriptedUsage | undefined, asked: string, said: string): Spoken['usage'] {
  if (usage === 'none') return undefined;
  if (usage !== undefined) return { input: usage.input, output: usage.output, cached: usage.cached ?? 0 };
  return { input: Math.ceil(asked.length / 4), output: Math.ceil(said.length / 4), cached: 0 };
}

function thoughtOf(
  thought: string | { readonly text: string; readonly as: 'reasoning' },
): NonNullable<Spoken['thought']> {
  const { text, as } = typeof thought === 'string' ? { text: thought, as: 'reasoning_content' as const } : thought;
  return { pieces: piecesOf(text), as };
}

/** Cuts text into at most eight pieces, as a streaming model would send it. */
function piecesOf(text: string): readonly string[] {
  const size = Math.max(4, Math.ceil(text.length / 8));
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += size) pieces.push(text.slice(start, start + size));
  return pieces;
}
