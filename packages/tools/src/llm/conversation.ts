import { TelosError } from '@telos/core';
import type { ChatMessage, Feedback, Json } from '@telos/core';
import { sourceBlocks } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

/** What the author of a step wrote, after rendering. */
export type Asked = {
  readonly system?: string;
  readonly prompt?: Json;
  readonly messages?: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: Json }[];
};

/**
 * The messages that go to the model: the system text, the prompt or the
 * conversation as written, the files, and on a repair the earlier output and why
 * it was not accepted. What earlier steps gave is data and is passed on as it is.
 *
 * @throws TelosError PROMPT_EMPTY when nothing is asked.
 */
export function conversationOf(
  asked: Asked,
  files: readonly SourceFile[],
  feedback?: Feedback,
): readonly ChatMessage[] {
  const written: readonly ChatMessage[] =
    asked.messages === undefined
      ? [{ role: 'user', text: textOfValue(asked.prompt ?? null) }]
      : asked.messages.map(({ role, content }) => ({ role, text: textOfValue(content) }));
  if (written.every((message) => message.role === 'system' || message.text.trim() === '')) {
    throw new TelosError('PROMPT_EMPTY', 'There is nothing to ask the model: the prompt is empty');
  }
  return [
    ...(asked.system === undefined || asked.system.trim() === ''
      ? []
      : [{ role: 'system', text: asked.system } as const]),
    ...withFiles(written, files),
    ...(feedback === undefined ? [] : repairMessages(feedback)),
  ];
}

function textOfValue(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

/** Adds the files to the end of the last user message, or as a message of their own when there is none. */
function withFiles(messages: readonly ChatMessage[], files: readonly SourceFile[]): readonly ChatMessage[] {
  if (files.length === 0) return messages;
  const blocks = sourceBlocks(files);
  const last = messages.findLastIndex((message) => message.role === 'user');
  const asked = messages[last];
  if (asked === undefined) return [...messages, { role: 'user', text: blocks }];
  return messages.with(last, { role: 'user', text: `${asked.text}\n\n${blocks}` });
}

function repairMessages({ output, gate }: Feedback): readonly ChatMessage[] {
  const reasons = gate.verdicts
    .filter((verdict) => verdict.verdict !== 'pass')
    .map((verdict) => `- ${verdict.check}: ${verdict.reason}`);
  return [
    { role: 'assistant', text: shownOutput(output) },
    {
      role: 'user',
      text: [
        'That answer was not accepted.',
        ...(reasons.length === 0
          ? [`Its score of ${gate.score} is too low.`]
          : ['These checks found fault with it:', ...reasons]),
        'Answer the same request again, in the same form, so that these faults are gone. Give only the new answer.',
      ].join('\n'),
    },
  ];
}

/** An earlier output as the model wrote it: its text, or the value as JSON. */
function shownOutput(output: Json): string {
  if (typeof output === 'object' && output !== null && 'text' in output && typeof output.text === 'string')
    return output.text;
  return textOfValue(output);
}
