/**
 * The programs that started this one: `npx`, `pnpm`, and the shells between them.
 *
 * A signal to the outermost reaches none of those inside: npx ends, and leaves pnpm
 * and what it runs to themselves. So they are looked at: when one is gone, whoever
 * started all of them has ended it, and what is inside has to end too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export type Looked = { readonly parent: number; readonly command: string };

const everyMs = 500;
/** A chain is never longer. */
const mostLaunchers = 16;

const packageManager = /(?:^|[\s/\\])(?:npm|npx|pnpm|pnpx|yarn|corepack)(?:[\s@.'"-]|$)/;
const shell = /(?:^|\/)(?:sh|bash|dash|zsh) -c\b/;

/**
 * The launchers of a process, nearest first, to the outermost package manager: what is around that is somebody's own.
 *
 * @param look Undefined for a process that is not there.
 */
export function launchersOf(parent: number, look: (pid: number) => Looked | undefined): readonly number[] {
  const chain: number[] = [];
  let outermost = 0;
  for (let pid = parent; pid > 1 && chain.length < mostLaunchers;) {
    const looked = look(pid);
    if (looked === undefined) break;
    const isManager = packageManager.test(looked.command);
    if (!isManager && !shell.test(looked.command)) break;
    chain.push(pid);
    if (isManager) outermost = chain.length;
    pid = looked.parent;
  }
  return chain.slice(0, outermost);
}

/** Calls `then` once, when one of those who started this process is gone. Holds no process open. */
export function whenLauncherGone(then: () => void): void {
  const launchers = launchersOf(process.ppid, lookAt);
  if (launchers.length === 0) return;
  const timer = setInterval(() => {
    const around = [process.pid, ...launchers];
    if (launchers.every((pid, index) => isParent(pid, around[index] ?? 0))) return;
    clearInterval(timer);
    then();
  }, everyMs);
  timer.unref();
}

/** A process whose parent has ended has another one at once. */
function isParent(pid: number, child: number): boolean {
  if (child === process.pid) return process.ppid === pid;
  if (existsSync('/proc/self/stat')) return lookAt(child)?.parent === pid;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lookAt(pid: number): Looked | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    if (existsSync('/proc/self/stat')) {
      // Behind the name, which may hold anything, in brackets: state and parent.
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return { parent: Number(parent), command };
    }
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
    return parent === undefined || command === undefined ? undefined : { parent: Number(parent), command };
  } catch {
    return undefined;
  }
}
