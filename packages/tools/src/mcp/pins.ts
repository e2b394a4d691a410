/**
 * Pins: what servers offered when it was accepted.
 *
 * They stand in two files. The lock is written by `telos mcp pin` and meant to
 * be committed; the record is written at the first use of a server that the lock
 * does not name. See docs/decisions/0014-tools-of-mcp-servers.md.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { anyJson, anyJsonObject, TelosError } from '@telos/core';
import { z } from 'zod';
import { isMetAtSame } from './settings.ts';
import type { MetAt } from './settings.ts';

const served = z.object({
  description: z.string(),
  input: anyJsonObject,
  output: anyJsonObject.exactOptional(),
  effect: z.enum(['read', 'write', 'irreversible']),
  idempotent: z.literal(true).exactOptional(),
  pin: z.string(),
});

const pinned = z.object({
  connection: z.string(),
  at: z.union([
    z.strictObject({ url: z.string() }),
    z.strictObject({ command: z.string(), args: anyJson.exactOptional(), env: anyJson.exactOptional() }),
  ]),
  tools: z.record(z.string(), served),
  /** Not offered: with what it was, and why. */
  held_back: z.record(z.string(), z.object({ pin: z.string(), reason: z.string() })).exactOptional(),
});

/** When a server was last asked what it speaks; one of the newer era with what it said of itself. */
const negotiated = z.object({ on: z.number(), said: anyJson.exactOptional() });

const PinFile = z.object({
  version: z.literal(1),
  servers: z.array(pinned),
  /** By the digest of who was asked, and with what. */
  negotiated: z.record(z.string(), negotiated).exactOptional(),
});

export type PinnedServer = z.infer<typeof pinned>;
export type Negotiated = z.infer<typeof negotiated>;
type PinFile = z.infer<typeof PinFile>;

export interface Pins {
  /** Of the lock, else of the record. */
  find(connection: string, at: MetAt): PinnedServer | undefined;
  /** All that are locked. */
  locked(): readonly PinnedServer[];
  /** Into the record. */
  remember(server: PinnedServer): void;
  /** Into the lock. */
  lock(server: PinnedServer): void;
  /** Whether a tool of this pin was accepted under this name, wherever its server is met. */
  isPinned(connection: string, tool: string, pin: string): boolean;
  negotiated(digest: string): Negotiated | undefined;
  /** @param entry Undefined: to be asked again. */
  noteNegotiated(digest: string, entry: Negotiated | undefined): void;
  /** The file that is meant to be committed. */
  readonly lockFile: string;
}

const empty: PinFile = { version: 1, servers: [] };

/** Reads each file again when it has changed. @throws TelosError CONFIG_INVALID, from each call, when one cannot be understood. */
export function createPins(files: { readonly lockFile: string; readonly recordFile: string }): Pins {
  const lock = fileOf(files.lockFile);
  const record = fileOf(files.recordFile);
  const of = ({ servers }: PinFile, connection: string, at: MetAt): PinnedServer | undefined =>
    servers.find((server) => server.connection === connection && isMetAtSame(server.at, at));
  return {
    lockFile: files.lockFile,
    find: (connection, at) => of(lock.read(), connection, at) ?? of(record.read(), connection, at),
    locked: () => lock.read().servers,
    remember: (server) => record.write(withServer(record.read(), server)),
    lock: (server) => lock.write(withServer(lock.read(), server)),
    isPinned: (connection, tool, pin) =>
      [...lock.read().servers, ...record.read().servers].some(
        (server) =>
          server.connection === connection && Object.hasOwn(server.tools, tool) && server.tools[tool]?.pin === pin,
      ),
    negotiated: (digest) => record.read().negotiated?.[digest],
    noteNegotiated(digest, entry) {
      const file = record.read();
      const { [digest]: _, ...others } = file.negotiated ?? {};
      record.write({ ...file, negotiated: entry === undefined ? others : { ...others, [digest]: entry } });
    },
  };
}

function withServer(file: PinFile, server: PinnedServer): PinFile {
  const others = file.servers.filter((one) => one.connection !== server.connection || !isMetAtSame(one.at, server.at));
  const servers = [...others, server].toSorted((left, right) => (left.connection < right.connection ? -1 : 1));
  return { ...file, servers };
}

function fileOf(path: string): { read(): PinFile; write(content: PinFile): void } {
  let known: { readonly stamp: string; readonly content: PinFile } | undefined;
  return {
    read() {
      let stamp: string;
      try {
        const { mtimeMs, size, ino } = statSync(path);
        stamp = `${mtimeMs} ${size} ${ino}`;
      } catch {
        return empty;
      }
      if (known?.stamp !== stamp) known = { stamp, content: parsed(path, readFileSync(path, 'utf8')) };
      return known.content;
    },
    write(content) {
      mkdirSync(dirname(path), { recursive: true });
      // Whole or not at all: others read it meanwhile.
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, `${JSON.stringify(content, undefined, 2)}\n`);
      renameSync(draft, path);
    },
  };
}

function parsed(path: string, text: string): PinFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TelosError('CONFIG_INVALID', `${path} is no JSON.`, {
      cause,
      next: 'Mend it, or write it anew with `telos mcp pin`.',
    });
  }
  const content = PinFile.safeParse(value);
  if (content.success) return content.data;
  const [issue] = content.error.issues;
  const message = `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another form'}.`;
  throw new TelosError('CONFIG_INVALID', message, { next: 'Mend it, or write it anew with `telos mcp pin`.' });
}
