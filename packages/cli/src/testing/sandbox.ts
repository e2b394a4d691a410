/**
 * A process as a container engine starts one whose root file system is read-only: an account that is not root,
 * no capability, a /tmp of its own, and one folder to write to. Its network is the machine's.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onPath } from '@telos/testkit/servers/on-path';

const root = join(import.meta.dirname, '../../../..');

/** Where it may write: it begins there, and finds `workflows/` there. */
export const sandboxData = '/mnt';

const entering = `
set -e
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=0755,uid=10001,gid=10001 tmpfs ${sandboxData}
mkdir ${sandboxData}/workflows
mount --bind "$1" ${sandboxData}/workflows
mount -o remount,ro,bind ${sandboxData}/workflows
while read -r _ _ _ _ at _; do
  case "$at" in
    /tmp | ${sandboxData}* | /proc* | /sys* | /dev*) ;;
    *) mount -o remount,ro,bind "$at" ;;
  esac
done < /proc/self/mountinfo
cd ${sandboxData}
shift
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

/** The words that start a program in it, before its own. */
export const inSandbox: readonly string[] = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  entering,
  'sh',
  join(root, 'workflows'),
];

/** Why there can be none here; undefined when there can. */
export function whyNoSandbox(): string | undefined {
  const missing = ['unshare', 'setpriv', 'mount'].filter((name) => onPath([name]) === undefined);
  if (missing.length > 0) return `${missing.join(', ')} of util-linux is not installed`;
  const [command = '', ...words] = inSandbox;
  const look = `require('node:fs').accessSync(${JSON.stringify(join(root, 'packages/cli/bin/telos.js'))})`;
  const tried = spawnSync(command, [...words, process.execPath, '-e', look], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `this account can make none: ${tried.stderr.trim().slice(0, 300)}`;
}
