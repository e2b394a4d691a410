/** A reader of server-sent events, one message at a time. */
export type Message = {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: boolean;
};

export type StreamReader = {
  readonly status: number;
  readonly headers: Headers;
  /** The next message, or undefined when the stream has ended. */
  next(): Promise<Message | undefined>;
  /** The messages up to the end, comments and the opening `retry` left out. */
  rest(): Promise<readonly Message[]>;
  close(): void;
};

export async function readStream(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const stop = new AbortController();
  const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: stop.signal });
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let buffer = '';

  const next = async (): Promise<Message | undefined> => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end !== -1) {
        const block = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (block.startsWith('retry:')) continue;
        return messageOf(block);
      }
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) return undefined;
      buffer += decoder.decode(chunk.value, { stream: true });
    }
  };

  return {
    status: answer.status,
    headers: answer.headers,
    next,
    async rest() {
      const messages: Message[] = [];
      for (let message = await next(); message !== undefined; message = await next()) {
        if (message.comment !== true) messages.push(message);
      }
      return messages;
    },
    close: () => stop.abort(),
  };
}

function messageOf(block: string): Message {
  if (block.startsWith(':')) return { comment: true };
  return Object.fromEntries(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}
