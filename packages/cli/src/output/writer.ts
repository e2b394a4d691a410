import type { Terminal } from '../terminal.ts';

/** Where a command's results go: lines for a person, or JSON lines for a program; never both. */
export interface Writer {
  readonly isJson: boolean;
  /** One JSON object on a line of its own; nothing for a person. */
  object(value: object): void;
  /** Lines for a person; nothing for a program. */
  lines(...lines: readonly string[]): void;
}

/** JSON when it was asked for or when no person is watching. */
export function writerOf(terminal: Terminal, json: boolean): Writer {
  const isJson = json || !terminal.isInteractive;
  return {
    isJson,
    object(value) {
      if (isJson) terminal.write(`${JSON.stringify(value)}\n`);
    },
    lines(...lines) {
      if (!isJson) terminal.write(lines.map((line) => `${line}\n`).join(''));
    },
  };
}
