import { createServer } from 'node:net';
import type { Finding } from './finding.ts';

/** Whether `telos serve` could listen, or does. */
export async function examinePort(port: number): Promise<Finding> {
  const about = `port ${port}`;
  if (await isFree(port)) return { about, verdict: 'sound', message: 'free for `telos serve`.' };
  if (await answersAsTelos(port)) return { about, verdict: 'sound', message: 'a Telos server answers there.' };
  return {
    about,
    verdict: 'worth_knowing',
    message: 'another program listens there.',
    next: 'Start with `telos serve --port 0`.',
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function answersAsTelos(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
    return answer.ok;
  } catch {
    return false;
  }
}
