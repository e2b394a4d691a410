import { describe, expect, it } from 'vitest';
import { eventStreamParser } from './event-stream-parser.ts';

const stream = 'retry: 2000\n\nid: 4\nevent: step.started\ndata: {"a":1}\n\n:\n\nevent: live\ndata: {"b":"\u00e9"}\n\n';
const messages = [
  { id: '4', event: 'step.started', data: '{"a":1}' },
  { event: 'live', data: '{"b":"\u00e9"}' },
];

describe('a stream of server-sent events', () => {
  it('gives its messages, without heartbeats and settings', () => {
    expect(eventStreamParser()(stream)).toEqual(messages);
  });

  it('gives the same messages however its text is cut', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const parse = eventStreamParser();
      expect([...parse(stream.slice(0, at)), ...parse(stream.slice(at))]).toEqual(messages);
    }
  });

  it('keeps an unfinished message until its blank line comes', () => {
    const parse = eventStreamParser();
    expect(parse('data: one\ndata: two\n')).toEqual([]);
    expect(parse('\n')).toEqual([{ event: 'message', data: 'one\ntwo' }]);
  });

  it('reads lines that end as Windows ends them', () => {
    expect(eventStreamParser()('event: live\r\ndata: 1\r\n\r\n')).toEqual([{ event: 'live', data: '1' }]);
  });
});
