import type { CatalogEntry } from './entry.ts';

/** What `compile` finds in a workflow, and what can go wrong with a program later. */
export const languageErrors = {
  YAML_SYNTAX: {
    kind: 'terminal',
    title: 'The file is not YAML, JSON or JSONC',
    next: 'Mend the line shown; quote text that holds `: `, `#`, `{{` or begins with a special character.',
  },
  DUPLICATE_KEY: { kind: 'terminal', title: 'A key stands twice in one map', next: 'Keep one of the two.' },
  UNKNOWN_KEY: {
    kind: 'terminal',
    title: 'The language has no such key here',
    next: 'Correct its spelling, or move it where it belongs; the hint names the nearest one.',
  },
  WRONG_TYPE: {
    kind: 'terminal',
    title: 'A value is of the wrong kind',
    next: 'Write a value of the kind that the message names.',
  },
  MISSING_KEY: { kind: 'terminal', title: 'A key is missing', next: 'Add it.' },
  INVALID_VALUE: {
    kind: 'terminal',
    title: 'A value is not one that is allowed here',
    next: 'Choose one of those that the message names.',
  },
  DUPLICATE_ID: {
    kind: 'terminal',
    title: 'Two steps have the same id',
    next: 'Rename one: ids are unique in their list and differ from those of the lists around it.',
  },
  UNKNOWN_TOOL: {
    kind: 'terminal',
    title: 'There is no such tool',
    next: 'List the tools with `telos tools`.',
  },
  UNKNOWN_CONNECTION: {
    kind: 'terminal',
    title: 'There is no such connection',
    next: 'Declare it under `tools:`.',
  },
  UNKNOWN_CHECK: {
    kind: 'terminal',
    title: 'There is no such check',
    next: 'List the checks with `telos checks`.',
  },
  UNKNOWN_STEP: {
    kind: 'terminal',
    title: 'There is no such step within sight',
    next: 'Name a step of the same list or of a list around it; steps inside a block are seen only through the block.',
  },
  NOT_AN_ANCESTOR: {
    kind: 'terminal',
    title: 'A step is read that need not have finished',
    next: 'Add it to `needs`, or move it before this step.',
  },
  CYCLE: {
    kind: 'terminal',
    title: 'Steps wait for each other',
    next: 'Remove one of the `needs` in the circle shown.',
  },
  RECURSION: {
    kind: 'terminal',
    title: 'A workflow runs itself',
    next: 'Use a `loop` for what repeats, or move the steps into another workflow.',
  },
  UNKNOWN_NAME: {
    kind: 'terminal',
    title: 'An expression uses a name that is not there',
    next: 'Correct the name; the message lists what is in scope.',
  },
  UNKNOWN_INPUT: {
    kind: 'terminal',
    title: 'An expression reads an input that the workflow does not declare',
    next: 'Declare it under `inputs:`, or correct the name.',
  },
  EXPRESSION_SYNTAX: {
    kind: 'terminal',
    title: 'An expression is not CEL',
    next: 'Mend it at the place shown; `&&`, `||`, `!`, `?:` and double-quoted text are CEL.',
  },
  EXPRESSION_TYPE: {
    kind: 'terminal',
    title: 'An expression cannot work for the types it uses',
    next: 'Correct the name of the field, or convert with `int()`, `double()`, `string()`, `timestamp()`. As a warning: it works, and this part of it fails when it is reached, or says the same whatever the values.',
  },
  NOT_BOOLEAN: {
    kind: 'terminal',
    title: 'A condition is not true or false',
    next: 'Write a comparison, for example `size(x) > 0`.',
  },
  UNKNOWN_MODEL: {
    kind: 'terminal',
    title: 'There is no such model alias',
    next: 'Declare it under `models:`, or name a model as `provider/model`.',
  },
  UNKNOWN_EVALUATOR: {
    kind: 'terminal',
    title: 'There is no such evaluator',
    next: 'Declare it under `evaluators:`.',
  },
  SECRET_MISPLACED: {
    kind: 'terminal',
    title: 'A secret stands where it would be recorded',
    next: 'Use secrets only in connections under `tools:` and in `headers` or `auth`.',
  },
  MCP_NOT_PINNED: {
    kind: 'terminal',
    title: 'What an MCP server offers was not accepted here yet',
    next: 'Run `telos mcp pin <file>`: it asks the server, and writes down what it offers.',
  },
  MCP_TOOL_HELD_BACK: {
    kind: 'terminal',
    title: 'A tool of an MCP server is not offered',
    next: 'Read the reason; `telos mcp pin --accept <connection>.<tool>` takes it all the same.',
  },
  FILE_MISSING: {
    kind: 'terminal',
    title: 'A file that the workflow names cannot be read',
    next: 'Create it, or correct the path; it is relative to the workflow file.',
  },
  TOOL_DENIED: {
    kind: 'terminal',
    title: 'A step uses a tool that the workflow denies',
    next: 'Take the step out, or the tool off `permissions.deny`.',
  },
  UNTRUSTED_ARGUMENT: {
    kind: 'terminal',
    title: 'A warning: text from outside decides about an effect, and no rule says that it may',
    next: 'Allow the tool under `permissions`, vouch for the source with `trust: trusted`, or let a person decide each time.',
  },
  PRIVATE_TO_HOST: {
    kind: 'terminal',
    title: 'A warning: private data is sent to a host that is on no list, and no rule says that it may be',
    next: 'Name the host under `permissions.hosts` or in TELOS_PRIVATE_HOSTS, allow the tool under `permissions`, or let a person decide each time.',
  },
  PRIVATE_TO_JUDGE: {
    kind: 'terminal',
    title: 'A warning: a check is to judge private data by a model whose host may have none, so it will not be asked',
    next: 'Name the host under `permissions.hosts` or in TELOS_PRIVATE_HOSTS, or let the check ask a model that may have it.',
  },
  NOT_IN_PLAN: {
    kind: 'terminal',
    title: 'A plan may not grant itself this',
    next: 'Leave the key out: a plan uses what the workflow around it was given.',
  },
  UNSUPPORTED: {
    kind: 'terminal',
    title: 'This version of Telos cannot run this part of the language yet',
    next: 'Leave it out, or write it with what the message names.',
  },
  PATTERN_INVALID: {
    kind: 'terminal',
    title: 'A regular expression cannot be used',
    next: 'Write it without look-around and back references (RE2 syntax).',
  },
  WORKFLOW_TOO_LARGE: {
    kind: 'terminal',
    title: 'The workflow takes more time or memory to compile than it may',
    next: 'Make it smaller: a `foreach` instead of many steps, fewer or smaller schemas.',
  },
  PROGRAM_CORRUPT: {
    kind: 'terminal',
    title: 'A stored program is not the one that was stored',
    next: 'Compile the workflow again; the store may be damaged.',
  },
} as const satisfies Record<string, CatalogEntry>;
