import type { CatalogEntry } from './entry.ts';

/** How a tool can fail. */
export const toolsErrors = {
  HTTP_URL_INVALID: { kind: 'terminal', title: 'The URL cannot be requested', next: 'Give a whole http or https URL.' },
  HTTP_ADDRESS_REFUSED: {
    kind: 'terminal',
    title: 'The address is private, local or reserved',
    next: 'Use a public address; the operator may allow an inner one by host and port in TELOS_ALLOWED_HOSTS.',
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
  MCP_CONNECTION_INVALID: {
    kind: 'terminal',
    title: 'The connection to an MCP server cannot be used',
    next: 'Give `url`, with `auth` or `headers` as needed, or `command` with `args` and `env`.',
  },
  MCP_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The MCP server cannot be reached, or does not start',
    next: 'Look whether it runs, `telos doctor` says what it answers; add `retry` if it may pass.',
  },
  MCP_REFUSED: {
    kind: 'terminal',
    title: 'The MCP server does not let this caller in',
    next: 'Check the token in `auth` of the connection, and what it may do.',
  },
  MCP_TIMEOUT: {
    kind: 'retryable',
    title: 'The MCP server took too long to answer',
    next: 'Raise `timeout` of the connection, or ask for less.',
  },
  MCP_INTERRUPTED: {
    kind: 'retryable',
    title: 'The MCP server ended in the middle of a call',
    next: 'Read what it last wrote, in the details; the next call starts it again.',
  },
  MCP_TOO_LARGE: {
    kind: 'terminal',
    title: 'The MCP server answered with more than is taken',
    next: 'Ask it for less, or raise `max_size` of the connection.',
  },
  MCP_ANSWER_INVALID: {
    kind: 'terminal',
    title: 'The MCP server answered with what is no valid answer',
    next: 'Report it to whoever makes the server; the message says what is wrong.',
  },
  MCP_TOOL_FAILED: {
    kind: 'terminal',
    title: 'A tool of an MCP server says that it failed',
    next: 'Read what it says, and give it what it asks for.',
  },
  MCP_TOOL_CHANGED: {
    kind: 'terminal',
    title: 'A tool of an MCP server is not what was accepted any more',
    next: 'Read what changed with `telos mcp`; `telos mcp pin` accepts it.',
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
    title: 'The statement does more than the connection allows',
    next: 'Declare the connection under `tools:` with `access: write` if it is meant to write; else let its role read what it needs.',
  },
  DB_QUERY_FAILED: {
    kind: 'terminal',
    title: 'The database refused the statement',
    next: 'Mend the statement as the message says; its tables and columns are those of the database that it names.',
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
    next: 'Give it more with `cpu_ms`, or do less at once: split the work over the items of a `foreach`.',
  },
  SCRIPT_MEMORY: {
    kind: 'terminal',
    title: 'The script used too much memory',
    next: 'Give it more with `memory_mb`, or do less at once: split the work over the items of a `foreach`.',
  },
  FILE_NOT_FOUND: { kind: 'terminal', title: 'There is no such file', next: 'Paths are relative to the workspace.' },
  FILE_WITHHELD: {
    kind: 'terminal',
    title: 'The file holds settings or runs, and no workflow may use it',
    next: 'Copy what the workflow needs into a file of its own; read runs through the API.',
  },
  FILE_OUTSIDE_WORKSPACE: {
    kind: 'terminal',
    title: 'The file lies outside the workspace',
    next: 'Copy it into the workspace, or start Telos in a folder that holds it.',
  },
  FILE_TOO_LARGE: { kind: 'terminal', title: 'The file is too large to read whole', next: 'Split it.' },
  FILE_NOT_WRITABLE: {
    kind: 'terminal',
    title: 'The file may not be written',
    next: 'Write below a folder that TELOS_WRITABLE names (`out` unless it is set), where the process may write.',
  },
  FILE_NOT_TEXT: {
    kind: 'terminal',
    title: 'The file cannot be read as text',
    next: 'Name a text file that the process may read.',
  },
} as const satisfies Record<string, CatalogEntry>;
