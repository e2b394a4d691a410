/**
 * Strays: what fails in a tool or a check beside the promise that it gave, in a
 * timer, an event or a promise that nobody awaits.
 *
 * It belongs to the step in whose course it was set going: that fails by it, when
 * it is under way still. Nothing here listens: the process does, and asks whose a
 * failure is that has reached it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export type StrayOf = {
  readonly run: string;
  readonly path: string;
  readonly attempt: number;
  /** W3C trace context that the run was started with. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
};

export type Stray = Omit<StrayOf, 'traceparent' | 'tracestate'> & {
  /** Whether its step fails by it; else it had ended before. */
  readonly fails: boolean;
};

/** What fails by its strays. */
export interface Strayable {
  fail(error: unknown): void;
}

/** What a step has set going. It outlives the step with whatever that left behind, so it lets go of it. */
export class Course {
  readonly of: StrayOf;
  #step: Strayable | undefined;

  constructor(of: StrayOf, step: Strayable) {
    this.of = of;
    this.#step = step;
  }

  /** Does something that is part of it. What follows on the promise that comes of it is not. */
  run<T>(act: () => T): T {
    return outside(enter<T>, this, act);
  }

  /** The step has ended: strays fail nothing any more. */
  end(): void {
    this.#step = undefined;
  }

  /** Fails the step, unless it has ended. */
  claim(error: unknown): Stray {
    const step = this.#step;
    this.end();
    step?.fail(error);
    const { run, path, attempt } = this.of;
    return { run, path, attempt, fails: step !== undefined };
  }
}

const courses = new AsyncLocalStorage<Course>();

/** Does something in the context of the process, which is nobody's course, then goes back to the one that it came from. */
const outside = AsyncLocalStorage.snapshot();

/** To be called outside, which sees to leaving it: `courses.run` does both, and copies the context once more to leave. */
function enter<T>(course: Course, act: () => T): T {
  courses.enterWith(course);
  return act();
}

/** What a tool has the engine do is no part of its course: what fails there is the engine's. */
export function outOfCourse<T>(act: () => T): T {
  return outside(act);
}

/** Of the step in whose course this is called; undefined outside of any. */
export function courseUnderWay(): StrayOf | undefined {
  return courses.getStore()?.of;
}

/**
 * Says whose a failure is that has reached the process, and fails that step. To be called in the handler of
 * `uncaughtException` or `unhandledRejection` itself, whose course is that of the failure.
 *
 * @returns undefined when no step has set it going.
 */
export function claimStray(error: unknown): Stray | undefined {
  return courses.getStore()?.claim(error);
}
