/**
 * Owners that are processes of this machine, and whether such a process is gone.
 *
 * An owner's id names the machine's boot, the namespace its process numbers
 * belong to, the process and when it started: a number that was given to
 * another process is not mistaken for it, and of other machines nothing is said.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { OwnerId } from '@telos/core';

/** The id under which this process owns runs; another one each time it is asked for. */
export function ownerOfThisProcess(): OwnerId {
  return [machine(), process.pid, startOf(process.pid) ?? 'unknown', randomUUID().slice(0, 8)].join('/');
}

/** Whether the process behind an owner is known to have ended. False for processes elsewhere and for ids of another form. */
export function isProcessGone(owner: OwnerId): boolean {
  const [where, pid, started] = owner.split('/');
  if (
    where !== machine() ||
    pid === undefined ||
    !/^\d+$/.test(pid) ||
    started === undefined ||
    started === 'unknown'
  ) {
    return false;
  }
  return startOf(Number(pid)) !== started;
}

function machine(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return `${hostname()}:${boot ?? '-'}:${namespace ?? '-'}`;
}

/** When a process started, in clock ticks since boot; undefined when it does not run, or the system does not say. */
function startOf(pid: number): string | undefined {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in parentheses and may hold anything; field 22 is the start time.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function read(from: () => string): string | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}
