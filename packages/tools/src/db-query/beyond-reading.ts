/**
 * What a read-only transaction of PostgreSQL does not hold back: functions that
 * leave its role, run SQL given as text, touch the server's files, end other
 * sessions or open connections of their own. See docs/decisions/0005.
 *
 * The names are looked for in the whole text, strings and comments too: whoever
 * would take the text apart first could be misled about where a string ends.
 */
const names = [
  // Leaves the role or the settings that were chosen for reading.
  'set_config',
  // Runs SQL given as text, or opens another connection.
  'query_to_xml(?:schema|_and_xmlschema)?',
  'cursor_to_xml(?:schema)?',
  'ts_(?:stat|rewrite)',
  'xpath_table',
  'crosstab(?:[2-4]|_hash)?',
  'connectby',
  'dblink\\w*',
  // The server's files.
  'lo_(?:export|import)',
  'pg_(?:read_file|read_binary_file|stat_file|ls_\\w+|file_\\w+|current_logfile|logdir_ls)',
  // Other sessions, and the server itself.
  'pg_(?:terminate|cancel)_backend',
  'pg_(?:try_)?advisory_\\w+',
  'pg_(?:reload_conf|rotate_logfile|promote|switch_wal|create_restore_point|logical_emit_message|stat_reset\\w*)',
  'pg_\\w*replication_(?:slot|origin)\\w*',
  'pg_(?:backup_start|backup_stop|start_backup|stop_backup|wal_replay_\\w+)',
];
const guarded = new RegExp(`(?<![a-z0-9_])(?:${names.join('|')})(?![a-z0-9_])`, 'i');
/** A quoted name with escapes, in which a name could hide. */
const escapedName = /(?<![a-z0-9_])u&"/i;

/** What in a PostgreSQL statement goes beyond reading tables, by name; undefined when nothing does. */
export function beyondReading(sql: string): string | undefined {
  if (escapedName.test(sql)) return 'a name with escapes (U&"...")';
  const found = guarded.exec(sql)?.[0];
  return found === undefined ? undefined : found.toLowerCase();
}
