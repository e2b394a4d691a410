export * from './agent/after-turn.ts';
export * from './agent/agent-body.ts';
export * from './agent/compact.ts';
export * from './agent/conversation.ts';
export * from './agent/hooks.ts';
export { canonicalJson } from './canonical-json.ts';
export * from './checks/asks-model.ts';
export { matchesGlob } from './glob.ts';
export * from './checks/bounded.ts';
export * from './checks/judging-cost.ts';
export * from './checks/use-check.ts';
export { dropOldest } from './drop-oldest.ts';
export * from './errors/catalog.ts';
export * from './errors/secret-missing.ts';
export * from './errors/telos-error.ts';
export * from './fairness/room.ts';
export * from './fairness/turns.ts';
export * from './ids.ts';
export * from './json.ts';
export * from './labels.ts';
export * from './limits/create-limiter.ts';
export * from './limits/register.ts';
export { repairJson } from './mend/repair-json.ts';
export type { RepairedJson } from './mend/repair-json.ts';
export * from './payload.ts';
export * from './ports/audit.ts';
export * from './ports/callbacks.ts';
export * from './ports/check.ts';
export * from './ports/engine.ts';
export * from './ports/foreign-spans.ts';
export * from './ports/clock.ts';
export * from './ports/keys.ts';
export * from './ports/limiter.ts';
export * from './ports/live.ts';
export * from './ports/models.ts';
export type * from './ports/page.ts';
export * from './ports/planner.ts';
export * from './ports/queue.ts';
export * from './ports/rates.ts';
export * from './ports/run-predicate.ts';
export * from './ports/sealing.ts';
export * from './ports/schemas.ts';
export * from './ports/servers.ts';
export * from './ports/store.ts';
export * from './ports/tool.ts';
export * from './ports/turn.ts';
export { toolIn } from './program/find-tool.ts';
export type { ToolPlaces } from './program/find-tool.ts';
export * from './program/path.ts';
export * from './program/permissions.ts';
export * from './program/agent-hooks.ts';
export * from './program/agent-engines.ts';
export * from './program/called.ts';
export type * from './program/check-use.ts';
export * from './program/program.ts';
export * from './program/rails-spec.ts';
export * from './program/runs-as-step.ts';
export type * from './program/template.ts';
export type * from './program/triggers.ts';
export * from './program/compensation.ts';
export * from './rails/hold-back.ts';
export * from './rails/judge-rails.ts';
export * from './rails/encoded.ts';
export * from './rails/hide-again.ts';
export * from './rails/placeholders.ts';
export * from './rails/run-vault.ts';
export * from './rails/texts-of.ts';
export * from './plan/kept-steps.ts';
export * from './plan/outcome.ts';
export * from './plan/plan-rounds.ts';
export * from './plan/plan-text.ts';
export * from './repeated-key.ts';
export * from './run/action.ts';
// Types alone: the schemas of what is stored, which take their time to build, are in `@telos/core/store`.
export type {
  CallRecord,
  RailCall,
  CheckVerdict,
  Closing,
  EventOf,
  Fork,
  GateResult,
  ObjectiveScore,
  Opening,
  RailsResult,
  RailVerdict,
  RateLimit,
  Recorded,
  RunEvent,
  Wait,
} from './run/events.ts';
export type { Permission } from './run/event-labels.ts';
export * from './run/body.ts';
export * from './run/budget.ts';
export * from './run/command.ts';
export * from './run/decide.ts';
export { maxInterruptions } from './run/decide-attempt.ts';
export * from './run/epilogue.ts';
export * from './run/evolve.ts';
export { statusAfterWait } from './run/evolve-step.ts';
export * from './run/explain.ts';
export { forkOf, isForkRefusal } from './run/fork.ts';
export type { ForkPlan, ForkRefusal, ForkRequest } from './run/fork.ts';
export * from './run/create-frontier.ts';
export * from './run/frontier.ts';
export * from './run/graph.ts';
export { isTerminal } from './run/is-terminal.ts';
export type { Message } from './run/message.ts';
export * from './run/next.ts';
export * from './run/remedy.ts';
export * from './run/repeat.ts';
export * from './run/retry.ts';
export * from './run/state.ts';
export * from './run/summary.ts';
export * from './run/waiting-step.ts';
export * from './trace/span-id.ts';
export * from './trace/tracestate.ts';
export * from './usage.ts';
