/**
 * When a schedule fires: cron text and a time zone.
 *
 * The text is read by the library that also finds the instants, so what
 * compiles fires. Five fields, or six with seconds first; names of months and
 * days, ranges, steps, lists, `L`, `W` and `#`.
 */
import { cronOf } from '../../schedule/firings.ts';
import { suggestion } from '../../text/nearest.ts';

const nicknames: { readonly [word: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

type Problem = { readonly message: string; readonly hint?: string | undefined };

/** From a fixed day, so that the same text is always judged the same; leap years lie ahead. */
const reference = new Date('2001-01-01T00:00:00Z');
const longest = 200;

/** What is wrong with cron text; undefined when it fires. */
export function cronProblem(text: string): Problem | undefined {
  const written = text.trim();
  const meant = nicknames[written.toLowerCase()];
  if (meant !== undefined)
    return { message: `cron text has five or six fields, and \`${written}\` is a word`, hint: `write "${meant}"` };
  const fields = written.split(/\s+/).length;
  if (fields !== 5 && fields !== 6) {
    return {
      message: `cron text has five fields, or six with seconds first, and this has ${fields}`,
      hint: 'minute hour day month weekday: "0 7 * * 1-5"',
    };
  }
  if (text.length > longest)
    return { message: `cron text may have ${longest} characters, and this has ${text.length}` };
  try {
    const next = cronOf(written, 'UTC').nextRun(reference);
    return next === null ? { message: `\`${written}\` never fires: there is no such day` } : undefined;
  } catch (error) {
    return reasonOf(written, error instanceof Error ? error.message : String(error));
  }
}

const ranges: { readonly [field: string]: string } = {
  second: 'seconds go from 0 to 59',
  minute: 'minutes go from 0 to 59',
  hour: 'hours go from 0 to 23',
  day: 'days of the month go from 1 to 31',
  month: 'months go from 1 to 12, or from JAN to DEC',
  dayOfWeek: 'days of the week go from 0 (Sunday) to 7 (Sunday again), or from SUN to SAT',
};

/** The library counts days and months from 0 where it names a wrong one, so the range is told instead. */
function reasonOf(written: string, message: string): Problem {
  const range = ranges[/Invalid value for (\w+)/.exec(message)?.[1] ?? ''];
  const said = range === undefined ? `: ${message.replace(/^CronPattern: /, '')}` : '';
  return { message: `\`${written}\` is no cron text${said}`, hint: range };
}

/** What is wrong with the name of a time zone; undefined when it is one. */
export function timezoneProblem(name: string): Problem | undefined {
  const hint = (): string =>
    suggestion(name, ['UTC', ...Intl.supportedValuesOf('timeZone')]) ?? 'such as Europe/Paris or UTC';
  try {
    if (/^[a-z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '')
      return undefined;
  } catch {
    // said below
  }
  return { message: `there is no time zone \`${name}\``, hint: hint() };
}
