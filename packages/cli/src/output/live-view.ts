/** The tree of a run, redrawn in place while it goes on. For terminals only. */
import type { Terminal } from '../terminal.ts';
import type { Progress } from './progress.ts';
import { progressLines } from './progress-lines.ts';

/** Redraws are at least this far apart. */
const frameMs = 100;

export interface LiveView {
  /** Draws the tree a last time, whole, and leaves it standing. */
  end(): void;
}

export function startLiveView(terminal: Terminal, progress: Progress): LiveView {
  let drawn = 0;
  const draw = (rows: number): void => {
    const { columns } = terminal.size();
    const lines = progressLines(progress, { now: terminal.now(), columns, rows, colour: terminal.hasColour });
    const back = drawn === 0 ? '' : `\u001B[${drawn}A\u001B[0J`;
    terminal.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const timer = setInterval(() => draw(terminal.size().rows - 2), frameMs);
  return {
    end() {
      clearInterval(timer);
      draw(200);
    },
  };
}
