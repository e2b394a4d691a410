/** What starts runs by itself, for the processes that do it; loads neither Fastify nor a driver. */
export { scheduleReports } from './triggers/schedule/schedule-reports.ts';
export type { ScheduleReport } from './triggers/schedule/schedule-reports.ts';
export { startSchedules } from './triggers/schedule/start-schedules.ts';
