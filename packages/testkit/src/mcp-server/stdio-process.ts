/** A scripted server in a process of its own: its argument is the file of its script, which it reads again at each turn. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { scriptedServer } from './scripted-server.ts';
import type { ServerScript } from './script.ts';

const file = process.argv[2] ?? '';
// Only startStdioScript writes this file.
const script = (): ServerScript => JSON.parse(readFileSync(file, 'utf8')) as ServerScript;
const { log, era, isSilent } = script();

function note(line: object): void {
  if (log !== undefined) appendFileSync(log, `${JSON.stringify(line)}\n`);
}

const make = () =>
  scriptedServer({
    tools: () => script().tools,
    become: (tools) => writeFileSync(file, JSON.stringify({ ...script(), tools })),
    die() {
      process.stderr.write('It fell over.\n');
      process.exit(3);
    },
    called: (name, input) => note({ name, input }),
  });

note({ started: process.pid });
if (isSilent === true) process.stdin.resume();
else if (era === 'legacy') await make().connect(new StdioServerTransport());
else serveStdio(make, era === 'modern' ? { legacy: 'reject' } : {});
