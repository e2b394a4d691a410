/** A `telos serve` of its own for a benchmark, and requests to it. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { ChildProcess } from 'node:child_process';

export type Answer = { readonly status: number; readonly body: string };

export interface Client {
  /** @throws Error unless it answers with the status that is wanted. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, wanted: number, body?: unknown): Promise<unknown>;
  close(): void;
}

/** By node:http: `fetch` would take from the server the processor that is measured. */
export function clientOf(url: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function send(method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const about = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = request(`${url}${path}`, { method, agent, headers: about }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return {
    async ask(method, path, wanted, body) {
      const { status, body: text } = await send(method, path, body === undefined ? undefined : JSON.stringify(body));
      if (status !== wanted) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
      return JSON.parse(text);
    },
    close: () => agent.destroy(),
  };
}

/** Peak resident memory of another process so far, in MiB; NaN where the system does not say. */
export function peakMiBOf({ pid }: ChildProcess): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
  } catch {
    return Number.NaN;
  }
}

/** Processor time that another process has used so far, in ms; NaN where the system does not say. */
export function processorMsOf({ pid }: ChildProcess): number {
  try {
    // The name of the program, in brackets, may hold blanks; ticks of 10 ms for Linux everywhere.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
