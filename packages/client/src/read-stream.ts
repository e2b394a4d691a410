/** One message of a stream of server-sent events. */
export type StreamMessage = { readonly id?: string; readonly event: string; readonly data: string };

/** The messages of a body, in order, until it ends. Heartbeats and settings are passed over. */
export async function* readStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let fields: { id?: string; event?: string; data?: string } = {};
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      // A line may end as Windows ends it, and be cut in between.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') fields = withField(fields, line);
        else {
          const { id, event = 'message', data } = fields;
          fields = {};
          if (data !== undefined) yield { ...(id === undefined ? {} : { id }), event, data };
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function withField<F extends { id?: string; event?: string; data?: string }>(fields: F, line: string): F {
  const colon = line.indexOf(':');
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') return { ...fields, data: fields.data === undefined ? value : `${fields.data}\n${value}` };
  return name === 'id' || name === 'event' ? { ...fields, [name]: value } : fields;
}
