import { runStatuses, terminalStatuses } from '@telos/core';

/** What a run may be that has not ended. */
export const unfinishedStatuses = runStatuses.filter((status) => !terminalStatuses.includes(status));
