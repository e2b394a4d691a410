export { canonicalJson } from '@telos/core';
export { compile } from './compile.ts';
export { durationMs } from './text/duration.ts';
export type { Catalog, Compiled, CompileOptions, CompileResult } from './compiled.ts';
export type { Fault } from './fault.ts';
export { compileExperiment } from './experiment/compile-experiment.ts';
export type { ExperimentOptions, NamedWorkflow } from './experiment/experiment-options.ts';
export { cellsOf } from './experiment/experiment.ts';
export type { Cell, Experiment, ExperimentResult, ExperimentRow, Variant } from './experiment/experiment.ts';
export { experimentJsonSchema } from './experiment/experiment-json-schema.ts';
export { compileTestFile } from './test-file/compile-test-file.ts';
export type { TestFileOptions } from './test-file/compile-test-file.ts';
export { readCassette, requestHash, writeCassette } from './test-file/cassette.ts';
export type { Cassette, CassetteCase, OutsideAnswer, OutsideCall, RecordedCall } from './test-file/cassette.ts';
export { namesStep, plainPath } from './test-file/step-names.ts';
export type {
  ExpectedCall,
  ExpectedError,
  ExpectedStep,
  Expectation,
  GivenDecision,
  Mock,
  TestCase,
  TestFile,
} from './test-file/test-file.ts';
export { testJsonSchema } from './test-file/test-json-schema.ts';
export { addCase, writeTestFile } from './test-file/write-test-file.ts';
export { firingsOf } from './schedule/firings.ts';
export type { Firings } from './schedule/firings.ts';
export { hashOf } from './hash-of.ts';
export { link } from './link.ts';
export type { LinkOptions } from './link.ts';
export { closedJudges } from './labels/private-judging.ts';
export type { LabellingAt } from './labels/flow.ts';
export type { Linked, Scope } from './linked.ts';
export { linearPattern } from './cel/linear-pattern.ts';
export type { LinearPattern } from './cel/linear-pattern.ts';
export { loadProgram } from './load-program.ts';
export { closedHosts, configuredModels, judgesMayHave, mayHavePrivate } from './permissions/hosts.ts';
export { looksAtArguments, namesOf, ruleFor, ruleNaming, ruleText } from './permissions/rules.ts';
export type { ToolNames } from './permissions/rules.ts';
export { readRunFilter } from './run-filter/read-run-filter.ts';
export { createSchemas } from './schemas/create-schemas.ts';
export { readSettings, sharedKeys } from './shared/read-settings.ts';
export type { SettingsDocument, SettingsEntry } from './shared/read-settings.ts';
export { renderTemplate } from './render-template.ts';
export { writtenStep } from './read/written-step.ts';
export type { WrittenStep } from './read/written-step.ts';
export { serversIn, serversOf, toolsOfServers } from './servers-of.ts';
export type { ServerNamed } from './servers-of.ts';
export type { SharedDefinitions } from './shared/shared-definitions.ts';
export { workflowJsonSchema } from './workflow-json-schema.ts';
