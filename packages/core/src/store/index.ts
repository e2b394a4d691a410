/** What drivers of the store share: rules and readings that are the same in every database. */
export { appendRefusal, endsRun, runNotFound } from './append-rules.ts';
export type { RunHead } from './append-rules.ts';
export { createChangeBell } from './change-bell.ts';
export type { ChangeBell, LookForChanges } from './change-bell.ts';
export { earlierRun } from './earlier-run.ts';
export { followJournal } from './follow-journal.ts';
export type { JournalLook } from './follow-journal.ts';
export { inboxClosed, messageOf } from './inbox-rules.ts';
export { asksAboutTag, asksForNames, commonTagRuns, walksOf } from './run-walks.ts';
export type { Keep, KnownNames, RunWalk, RunWalks } from './run-walks.ts';
export { journalPageRows, recordedOf } from './stored-events.ts';
export { nothingToPublish, programOf } from './stored-program.ts';
export { storedJson, storedRow } from './stored-row.ts';
export { checkPageLimit, pageOf, placeOf, summaryOf } from './stored-summary.ts';
export type { RunPlace } from './stored-summary.ts';
