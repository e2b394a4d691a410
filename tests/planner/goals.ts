import { dataGoals } from './data-goals.ts';
import { serviceGoals } from './service-goals.ts';
import { textGoals } from './text-goals.ts';

/** All that planners are held to: forty at least. */
export const goals = [...dataGoals, ...textGoals, ...serviceGoals];
