/**
 * Strays: what fails in a tool or a check beside the promise that it gave, in a
 * timer, an event or a promise that nobody awaits.
 *
 * It belongs to the step in whose course it was set going: that fails by it, when
 * it is under way still. Nothing here listens: the process does, and asks whose a
 * failure is that has reached it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export type StrayOf = { readonly run: string; readonly path: string; readonly attempt: number };

export type Stray = StrayOf & {
  /** Whether its step fails by it; else it had ended before. */
  readonly fails: boolean;
};

class Course {
  readonly of: StrayOf;
  /** Absent once the step has ended. */
  fail: ((error: unknown) => void) | undefined;

  constructor(of: StrayOf, fail: (error: unknown) => void) {
    this.of = of;
    this.fail = fail;
  }
}

const courses = new AsyncLocalStorage<Course | undefined>();

/** What `act` comes to; rejects with the first stray of it, when that comes sooner. */
export function withStrays<T>(of: StrayOf, act: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const course = new Course(of, reject);
    courses.run(course, act).then(
      (value) => {
        course.fail = undefined;
        resolve(value);
      },
      (error: unknown) => {
        course.fail = undefined;
        reject(error);
      },
    );
  });
}

/** What a tool has the engine do is no part of its course: what fails there is the engine's. */
export function outOfCourse<T>(act: () => T): T {
  return courses.run(undefined, act);
}

/**
 * Says whose a failure is that has reached the process, and fails that step. To be called in the handler of
 * `uncaughtException` or `unhandledRejection` itself, whose course is that of the failure.
 *
 * @returns undefined when no step has set it going.
 */
export function claimStray(error: unknown): Stray | undefined {
  const course = courses.getStore();
  if (course === undefined) return undefined;
  const { fail } = course;
  course.fail = undefined;
  fail?.(error);
  return { ...course.of, fails: fail !== undefined };
}
