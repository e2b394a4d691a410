/** One message of a stream of server-sent events. */
export type StreamMessage = { readonly id?: string; readonly event: string; readonly data: string };

/**
 * Reads the text of an event stream, in pieces cut anywhere.
 *
 * @returns A function that takes the next piece and gives the messages that it completes, in order.
 */
export function eventStreamParser(): (piece: string) => readonly StreamMessage[] {
  let rest = '';
  let id: string | undefined;
  let event = '';
  let data: string[] = [];

  return (piece) => {
    const messages: StreamMessage[] = [];
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0)
          messages.push({
            event: event === '' ? 'message' : event,
            data: data.join('\n'),
            ...(id === undefined ? {} : { id }),
          });
        id = undefined;
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue; // a heartbeat
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id') id = value;
    }
    return messages;
  };
}
