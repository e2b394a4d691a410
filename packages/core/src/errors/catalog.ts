/**
 * Every deliberate failure, by its stable code.
 *
 * `kind` is what retry logic reads: `retryable` may succeed if tried again,
 * `terminal` will not, `bug` is ours to mend. `next` tells a person what to do.
 * docs/errors.md is written from this table by `pnpm docs:errors`.
 */
export type ErrorKind = 'retryable' | 'terminal' | 'bug';

export type CatalogEntry = { readonly kind: ErrorKind; readonly title: string; readonly next: string };

export const catalog = {
  // --- the engine itself
  BUG: { kind: 'bug', title: 'Telos broke one of its own rules', next: 'Report it with the details shown.' },
  STALE_OWNER: {
    kind: 'terminal',
    title: 'Another process owns this run now',
    next: 'Nothing is lost: the new owner goes on from the journal.',
  },
  STORE_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The store cannot be reached',
    next: 'Start the database or correct TELOS_DATABASE_URL; runs go on by themselves.',
  },
  STORE_FULL: { kind: 'retryable', title: 'The disk is full', next: 'Free space; what was acknowledged is safe.' },
  STORE_CORRUPT: {
    kind: 'terminal',
    title: 'The database file is damaged',
    next: 'Restore a copy or name another TELOS_HOME; the file was left as it is.',
  },
  RUN_NOT_FOUND: { kind: 'terminal', title: 'There is no such run', next: 'List runs with `telos runs`.' },
  RUN_FINISHED: {
    kind: 'terminal',
    title: 'The run has already ended',
    next: 'A finished run never changes; start or fork another.',
  },
  IDEMPOTENCY_MISMATCH: {
    kind: 'terminal',
    title: 'The idempotency key was used with a different request',
    next: 'Use a new key for a new request.',
  },
  CANCELLED: { kind: 'terminal', title: 'The run was cancelled', next: 'Start it again when it is wanted.' },

  INPUT_INVALID: {
    kind: 'terminal',
    title: 'An input does not fit the workflow',
    next: 'Compare with `inputs:` in the workflow; each problem names its input.',
  },
  WORKFLOW_INVALID: {
    kind: 'terminal',
    title: 'The workflow does not compile',
    next: 'Mend the places listed; `telos check <file>` shows them again.',
  },
  WORKFLOW_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no workflow of this name',
    next: 'List them with `telos check workflows/*.yaml`, or name a file.',
  },
  SCHEMA_INVALID: {
    kind: 'terminal',
    title: 'A JSON Schema is not valid',
    next: 'Mend the schema; draft 2020-12 is understood.',
  },

  // --- cli
  USAGE: {
    kind: 'terminal',
    title: 'The command line is not understood',
    next: 'See `telos --help`.',
  },
  CONFIG_INVALID: {
    kind: 'terminal',
    title: 'A setting is not valid',
    next: 'Correct it in the environment or in telos.yaml; each problem names its setting.',
  },
  FILE_UNREADABLE: {
    kind: 'terminal',
    title: 'A file cannot be read or written',
    next: 'Check its name and your permission; paths are relative to the working directory.',
  },

  // --- steps
  STEP_TIMEOUT: {
    kind: 'retryable',
    title: 'The step took longer than its timeout',
    next: 'Raise `timeout`, or add `retry`.',
  },
  TOOL_INPUT: {
    kind: 'terminal',
    title: "A step's `with` does not fit its tool",
    next: 'Compare with `telos tools <name>`, which shows the fields it takes.',
  },
  TOOL_UNKNOWN: {
    kind: 'terminal',
    title: 'This worker does not have the tool',
    next: 'Start a worker that has it; `telos tools` lists what is here.',
  },
  SECRET_MISSING: {
    kind: 'terminal',
    title: 'A secret that the workflow names is not set',
    next: 'Set the environment variable of that name where Telos runs.',
  },
  GATE_FAILED: {
    kind: 'terminal',
    title: "The step's output did not pass its gate",
    next: 'Read the verdicts; add `repair`, loosen the gate, or mend the prompt.',
  },
  OUTPUT_INVALID: {
    kind: 'retryable',
    title: "The step's output does not fit its schema",
    next: 'Compare the output with the schema shown.',
  },
  EXPRESSION_FAILED: {
    kind: 'terminal',
    title: 'An expression could not be evaluated',
    next: 'Check the types and names that it uses; `has(x.y)` tests for presence.',
  },
  TOOL_FAILED: {
    kind: 'retryable',
    title: 'A tool failed',
    next: "Read the tool's message; add `retry` if it may pass.",
  },
  STEP_NOT_READY: {
    kind: 'bug',
    title: 'A command does not fit the state of its step',
    next: 'Report it with the details shown.',
  },
  STALE_ATTEMPT: {
    kind: 'terminal',
    title: 'The outcome belongs to an attempt that is over',
    next: 'Nothing to do: the later attempt counts.',
  },
  IN_DOUBT: {
    kind: 'terminal',
    title: 'An effect may or may not have happened',
    next: 'Look whether it took effect, then start or fork the run again.',
  },
  BUDGET_EXCEEDED: {
    kind: 'terminal',
    title: 'The budget is used up',
    next: 'Raise `limits.budget` or pass a larger one when starting the run.',
  },
  INTERRUPTED: {
    kind: 'retryable',
    title: 'The step was under way when its process ended',
    next: 'Nothing to do: it is started again where its effect allows.',
  },

  // --- drivers/sqlite
  STORE_NEWER: {
    kind: 'terminal',
    title: 'The store was written by a newer version of Telos',
    next: 'Update Telos, or name another TELOS_HOME; the file was left as it is.',
  },
  STORE_FOREIGN: {
    kind: 'terminal',
    title: 'The file is a database of another program',
    next: 'Name another TELOS_HOME; the file was left as it is.',
  },
  PAGE_INVALID: {
    kind: 'terminal',
    title: 'This page of the list cannot be given',
    next: 'Use the `next` of the page before as cursor, and a limit of 1 to 200.',
  },

  // --- language: what `compile` finds
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
    next: 'Convert with `int()`, `double()`, `string()`, or compare values of one type.',
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
  // --- language: later
  PATTERN_INVALID: {
    kind: 'terminal',
    title: 'A regular expression cannot be used',
    next: 'Write it without look-around and back references (RE2 syntax).',
  },
  PROGRAM_CORRUPT: {
    kind: 'terminal',
    title: 'A stored program is not the one that was stored',
    next: 'Compile the workflow again; the store may be damaged.',
  },

  // --- models
  MODEL_KEY_MISSING: {
    kind: 'terminal',
    title: 'The model needs a key and none is set',
    next: 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server, or choose another model.',
  },
  MODEL_KEY_INVALID: {
    kind: 'terminal',
    title: 'The provider refused the key',
    next: 'Check that the key is current, belongs to this host and may use this model.',
  },
  MODEL_UNKNOWN: {
    kind: 'terminal',
    title: 'There is no such model',
    next: 'List what can be called with `telos models`.',
  },
  MODEL_NOT_INSTALLED: {
    kind: 'terminal',
    title: 'The model is not installed',
    next: 'Install it with `ollama pull <name>`.',
  },
  MODEL_RATE_LIMITED: {
    kind: 'retryable',
    title: 'The provider asks to slow down',
    next: 'It is tried again after the pause asked for; lower `max_parallel` if it recurs.',
  },
  MODEL_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The model cannot be reached, or broke off',
    next: 'Check that the host runs and is reachable; name a `fallback` model for such times.',
  },
  MODEL_TIMEOUT: {
    kind: 'retryable',
    title: 'The model did not answer in time',
    next: 'Try again, shorten the prompt, or choose a quicker model.',
  },
  MODEL_REFUSED: {
    kind: 'terminal',
    title: 'The model refused to answer',
    next: "Read the model's reason; change the prompt or choose another model.",
  },
  MODEL_REQUEST_INVALID: {
    kind: 'terminal',
    title: 'The provider rejected the request',
    next: "Read the provider's message: the prompt may be too long, or a setting not supported by this model.",
  },

  // --- knowledge
  KNOWLEDGE_FOLDER_MISSING: {
    kind: 'terminal',
    title: 'There is no such folder or file to search',
    next: 'Correct the path; it is relative to the workspace.',
  },
  KNOWLEDGE_OUTSIDE_WORKSPACE: {
    kind: 'terminal',
    title: 'The path leads out of the workspace',
    next: 'Name a path inside the workspace, or copy the documents into it; links that lead out are not followed.',
  },
  KNOWLEDGE_COLLECTION_MISSING: {
    kind: 'terminal',
    title: 'There is no collection of this name',
    next: 'Fill it with `telos ingest <collection> <path>`, or search a folder.',
  },
  KNOWLEDGE_NAME_INVALID: {
    kind: 'terminal',
    title: 'This cannot be the name of a collection',
    next: 'Use letters, digits, `_`, `-` and `.`, at most 64, beginning with a letter or digit.',
  },
  KNOWLEDGE_QUERY_EMPTY: {
    kind: 'terminal',
    title: 'The query holds no word to search for',
    next: 'Ask with at least one word or number.',
  },
  KNOWLEDGE_INDEX_DAMAGED: {
    kind: 'terminal',
    title: 'The search index cannot be read',
    next: 'Remove knowledge.db: it is built anew from the documents. The documents themselves were not touched.',
  },
  KNOWLEDGE_INDEX_BUSY: {
    kind: 'retryable',
    title: 'The search index cannot be opened or written now',
    next: 'Wait until the other process has finished, and check that the file may be written.',
  },

  // --- planner
  PLAN_REQUEST_INVALID: {
    kind: 'terminal',
    title: 'This cannot be planned as it is asked',
    next: 'Mend what the message names; a plan needs an objective and at least one tool.',
  },
  PLAN_INVALID: {
    kind: 'terminal',
    title: 'No draft of the plan could be accepted',
    next: 'Read the faults; state the objective more plainly, allow more tools, or name a stronger model.',
  },
  PLAN_NEEDS_MODEL: {
    kind: 'terminal',
    title: 'This objective needs a language model to plan it',
    next: 'Set OPENAI_API_KEY or start Ollama, or state the objective in one of the forms that the message lists.',
  },
  PLAN_TOOL_REFUSED: {
    kind: 'terminal',
    title: 'A plan uses a tool that it was not given',
    next: 'Add the tool to the `tools` of the plan, if it is meant to have it.',
  },
  PLAN_EFFECT_REFUSED: {
    kind: 'terminal',
    title: 'A plan would change something outside',
    next: 'Write that step into the workflow yourself: a plan only reads unless more was allowed.',
  },
  PLAN_STEP_UNSERVED: {
    kind: 'terminal',
    title: 'A step of a plan and an objective do not belong together',
    next: 'Name for each step the objective that it serves, and for each objective a step.',
  },
  PLAN_TOO_LARGE: {
    kind: 'terminal',
    title: 'A plan is too large',
    next: 'State a smaller objective, or several, each with a plan of its own.',
  },

  // --- api
  REQUEST_MALFORMED: {
    kind: 'terminal',
    title: 'The request is not of the form that this route takes',
    next: 'Compare it with /docs; each problem names its field.',
  },
  ROUTE_NOT_FOUND: { kind: 'terminal', title: 'There is nothing at this address', next: 'See /docs for every route.' },
  METHOD_NOT_ALLOWED: {
    kind: 'terminal',
    title: 'This address does not take this method',
    next: 'Use a method that the Allow header names.',
  },
  BODY_TOO_LARGE: {
    kind: 'terminal',
    title: 'The body is too large',
    next: 'Send less, or put large values where a tool can read them.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'terminal',
    title: 'The body is of a type that is not read here',
    next: 'Send JSON with `content-type: application/json`.',
  },
  API_KEY_MISSING: {
    kind: 'terminal',
    title: 'This server wants an API key',
    next: 'Send `Authorization: Bearer <key>`.',
  },
  API_KEY_WRONG: {
    kind: 'terminal',
    title: 'The API key is not one of this server',
    next: 'Use a key from TELOS_API_KEYS of the server.',
  },
  API_KEYS_INVALID: {
    kind: 'terminal',
    title: 'An API key in the settings cannot be used',
    next: 'Give keys of at least 16 characters, or `sha256:` and 64 hexadecimal digits, separated by commas.',
  },
  API_KEYS_REQUIRED: {
    kind: 'terminal',
    title: 'An address that others can reach needs API keys',
    next: 'Set TELOS_API_KEYS, or listen on 127.0.0.1.',
  },
  HOST_REFUSED: {
    kind: 'terminal',
    title: 'The Host header names another machine',
    next: 'Open the server as http://127.0.0.1 or http://localhost; with API keys set any name is taken.',
  },
  ORIGIN_REFUSED: {
    kind: 'terminal',
    title: 'A page of another site may not change anything here',
    next: "Call the API from a program, or from the server's own pages.",
  },
  TOO_MANY_REQUESTS: {
    kind: 'retryable',
    title: 'Too many requests',
    next: 'Wait as long as Retry-After says.',
  },
  PORT_IN_USE: {
    kind: 'terminal',
    title: 'The port is in use',
    next: 'Stop the program that has it, or choose another with --port.',
  },
  PORT_UNUSABLE: {
    kind: 'terminal',
    title: 'The address cannot be listened on',
    next: 'Choose an address of this machine and a port from 1024.',
  },
  STEP_NOT_FOUND: {
    kind: 'terminal',
    title: 'The run has no such step, or has not reached it',
    next: 'List its steps with `telos show <run>`.',
  },
  ARTIFACT_NOT_FOUND: { kind: 'terminal', title: 'There is no such artifact', next: 'Copy the hash from a run.' },
  WORKFLOW_ID_MISMATCH: {
    kind: 'terminal',
    title: 'The workflow has another id than the address',
    next: 'Make `id:` in the source and the id in the address the same.',
  },
  REQUIREMENT_MISSING: {
    kind: 'terminal',
    title: 'The workflow needs a tool or check that is not here',
    next: 'List what is here with `telos tools` and `telos checks`.',
  },

  // --- tools
  HTTP_URL_INVALID: { kind: 'terminal', title: 'The URL cannot be requested', next: 'Give a whole http or https URL.' },
  HTTP_ADDRESS_REFUSED: {
    kind: 'terminal',
    title: 'The address is private, local or reserved',
    next: 'Use a public address; the operator may allow an inner one by host and port in `allowed_hosts`.',
  },
  HTTP_REDIRECT_REFUSED: {
    kind: 'terminal',
    title: 'A redirect was not followed',
    next: 'Request the final URL itself.',
  },
  HTTP_TOO_LARGE: {
    kind: 'terminal',
    title: 'The answer is larger than allowed',
    next: 'Ask for less: a page, a range, or fewer fields.',
  },
  HTTP_BODY_INVALID: {
    kind: 'terminal',
    title: "The answer's body cannot be decoded",
    next: 'Look at the content type and encoding that the server states.',
  },
  HTTP_TIMEOUT: { kind: 'retryable', title: 'The server took too long to answer', next: 'Add `retry`, or try later.' },
  HTTP_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The server cannot be reached or is not able to answer',
    next: 'Check the host name and that the server is up; add `retry` if it may pass.',
  },
  HTTP_RATE_LIMITED: {
    kind: 'retryable',
    title: 'The server asks for fewer requests',
    next: 'Add `retry` with a longer delay, or lower `max_parallel`.',
  },
  HTTP_STATUS: {
    kind: 'terminal',
    title: 'The server answered with an error status',
    next: 'Read the excerpt of its answer; list the status in `expect` if it is meant to flow on.',
  },
  SEARCH_UNAVAILABLE: {
    kind: 'retryable',
    title: 'No search provider answered',
    next: 'Set TELOS_SEARCH_URL to a SearXNG with its JSON format enabled, or BRAVE_API_KEY, or TAVILY_API_KEY.',
  },
  PAGE_UNREADABLE: {
    kind: 'terminal',
    title: 'The page cannot be turned into Markdown',
    next: 'Name an HTML, Markdown, text or JSON page; fetch anything else with `http.request`.',
  },
  PROMPT_EMPTY: {
    kind: 'terminal',
    title: 'The prompt is empty after rendering',
    next: 'Check the expressions in `prompt` or `messages`: what they name may be empty.',
  },
  DB_CONNECTION_INVALID: {
    kind: 'terminal',
    title: 'The database connection cannot be used',
    next: 'Give `sqlite:<path in the workspace>` or `postgres://...`, or name a `db` connection of `tools:`.',
  },
  DB_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The database cannot be reached',
    next: 'Check that the server is up and that host, port and credentials are right.',
  },
  DB_STATEMENT_INVALID: {
    kind: 'terminal',
    title: 'The SQL is not exactly one statement',
    next: 'Use one step for each statement.',
  },
  DB_PARAMS_INVALID: {
    kind: 'terminal',
    title: 'The parameters do not fit the statement',
    next: 'Give a list for `?` or `$1`, or names and values for `:name`.',
  },
  DB_ACCESS_REFUSED: {
    kind: 'terminal',
    title: 'The statement would change a read-only connection',
    next: 'Declare the connection under `tools:` with `access: write` if it is meant to write.',
  },
  DB_QUERY_FAILED: {
    kind: 'terminal',
    title: 'The database refused the statement',
    next: "Read the database's message.",
  },
  DB_TIMEOUT: {
    kind: 'retryable',
    title: 'The statement ran too long',
    next: 'Narrow it, add an index, or ask for fewer rows.',
  },
  DB_BUSY: {
    kind: 'retryable',
    title: 'Another transaction stands in the way',
    next: 'Add `retry`; it passes when the other one ends.',
  },
  SCRIPT_FAILED: {
    kind: 'terminal',
    title: 'The script failed',
    next: 'Mend the code at the line and column shown.',
  },
  SCRIPT_TIMEOUT: {
    kind: 'terminal',
    title: 'The script ran too long',
    next: 'Do less at once: split the work over the items of a `foreach`.',
  },
  SCRIPT_MEMORY: {
    kind: 'terminal',
    title: 'The script used too much memory',
    next: 'Do less at once: split the work over the items of a `foreach`.',
  },
  FILE_NOT_FOUND: { kind: 'terminal', title: 'There is no such file', next: 'Paths are relative to the workspace.' },
  FILE_OUTSIDE_WORKSPACE: {
    kind: 'terminal',
    title: 'The file lies outside the workspace',
    next: 'Copy it into the workspace, or start Telos in a folder that holds it.',
  },
  FILE_TOO_LARGE: { kind: 'terminal', title: 'The file is too large to read whole', next: 'Split it.' },
  FILE_NOT_TEXT: {
    kind: 'terminal',
    title: 'The file cannot be read as text',
    next: 'Name a text file that the process may read.',
  },
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof catalog;
