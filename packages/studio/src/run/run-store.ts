/**
 * One run on the screen: read whole once, then followed. Its steps are shown as
 * soon as they are here; their attempts and calls, which are more than they are
 * and seldom looked at first, come after.
 *
 * Events are folded as they come and drawn once a frame. What no event tells
 * (the kinds of new steps, what the run waits for) is read again when the
 * stream falls silent, seldom enough that a very large run costs the server
 * little.
 */
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { LiveView, RunDetail, Trace } from '@telos/contract';
import { followRun, pause } from '../server/follow-run.ts';
import type { FollowState } from '../server/follow-run.ts';
import { request, RequestFailure } from '../server/request.ts';
import { foldEvent } from './fold-event.ts';
import { hasEnded, renewModel, runModel, takeAttempts } from './run-model.ts';
import type { RunModel } from './run-model.ts';

export type RunState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure }
  | { readonly kind: 'ready'; readonly model: RunModel };

/** What a running step has said so far; the journal keeps only the result. */
export type LiveText = {
  readonly attempt: number;
  readonly text: string;
  readonly progress?: string;
  /** What its progress is a piece of: its thoughts, or one of its calls. */
  readonly working?: string;
};

export type RunStore = {
  readonly state: ReadonlySignal<RunState>;
  /** Changes when the model has. */
  readonly revision: ReadonlySignal<number>;
  readonly follow: ReadonlySignal<FollowState>;
  readonly live: ReadonlyMap<string, LiveText>;
  readonly liveRevision: ReadonlySignal<number>;
  close(): void;
};

const longestLiveText = 100_000;
/** The stream has to be silent this long before the run is read again, and a reading is followed by a rest. */
const silenceMs = 700;
const restFactor = 10;

export function openRun(id: string): RunStore {
  const state = signal<RunState>({ kind: 'loading' });
  const revision = signal(0);
  const follow = signal<FollowState>('connecting');
  const live = new Map<string, LiveText>();
  const liveRevision = signal(0);
  const closed = new AbortController();
  const { signal: closing } = closed;

  const drawn = onceAFrame(() => {
    revision.value += 1;
  });
  const liveDrawn = onceAFrame(() => {
    liveRevision.value += 1;
  });

  void run();

  async function run(): Promise<void> {
    while (!closing.aborted) {
      try {
        const model = runModel(await request<RunDetail>(locations.run(id), { signal: closing }));
        state.value = { kind: 'ready', model };
        takeAttempts(model, await request<Trace>(`${locations.trace(id)}?payloads=false`, { signal: closing }));
        drawn();
        if (hasEnded(model.status)) {
          follow.value = 'ended';
          return;
        }
        await followModel(model);
        return;
      } catch (error) {
        if (closing.aborted) return;
        const failure = error instanceof RequestFailure ? error : new RequestFailure(String(error));
        state.value = { kind: 'failed', failure };
        if (!failure.passing) return;
        await pause(3_000, closing);
      }
    }
  }

  async function followModel(model: RunModel): Promise<void> {
    const renewing = renewer(model);
    await followRun({
      id,
      after: Math.min(model.stepsSeq, model.attemptsSeq),
      signal: closing,
      onEvents(events) {
        for (const event of events) {
          foldEvent(model, event);
          if ('path' in event && event.type.startsWith('step.')) forget(event.path, event.type === 'step.started');
        }
        renewing.touch();
        drawn();
      },
      onLive,
      onState: (now) => {
        follow.value = now;
      },
    });
    // The last word on outputs too large for an event, and on what the run waited for.
    if (!closing.aborted) await renewing.now();
  }

  function onLive(part: LiveView): void {
    const known = live.get(part.path);
    const same = known?.attempt === part.attempt ? known : { attempt: part.attempt, text: '' };
    live.set(
      part.path,
      part.type === 'text'
        ? { ...same, text: (same.text + part.text).slice(-longestLiveText) }
        : part.type === 'progress'
          ? { ...same, progress: part.message }
          : atWork(same, part),
    );
    liveDrawn();
  }

  /** Thoughts, and calls as they form, take the place of what it said of its progress. */
  function atWork(known: LiveText, part: Extract<LiveView, { type: 'thought' | 'tool_call_piece' }>): LiveText {
    const [working, begun] =
      part.type === 'thought' ? ['thought', 'thinks: '] : [`call ${part.index}`, `calls ${part.name} `];
    const before = known.working === working ? (known.progress ?? begun) : begun;
    return { ...known, working, progress: begun + (before.slice(begun.length) + part.text).slice(-longestLiveText) };
  }

  /** A step that has ended has said everything; what it says next begins anew. */
  function forget(path: string, begins: boolean): void {
    if (live.delete(path) && !begins) liveDrawn();
  }

  function renewer(model: RunModel) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let restUntil = 0;
    closing.addEventListener('abort', () => clearTimeout(timer));
    const read = async () => {
      const began = performance.now();
      try {
        renewModel(model, await request<RunDetail>(locations.run(id), { signal: closing }));
        drawn();
      } catch {
        // The next event brings another reading; what is on the screen stays true meanwhile.
      }
      restUntil = performance.now() + restFactor * (performance.now() - began);
    };
    return {
      touch() {
        clearTimeout(timer);
        if (closing.aborted || hasEnded(model.status)) return;
        timer = setTimeout(() => void read(), Math.max(silenceMs, restUntil - performance.now()));
      },
      now() {
        clearTimeout(timer);
        return read();
      },
    };
  }

  return { state, revision, follow, live, liveRevision, close: () => closed.abort() };
}

function onceAFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
