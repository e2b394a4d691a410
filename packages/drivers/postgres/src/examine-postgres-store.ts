import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import { readConnectionUrl } from './connection-url.ts';
import { openDatabase } from './database.ts';
import { readVersion } from './migrate.ts';

/** What `telos doctor` says of a store. */
export type PostgresStoreFacts = {
  /** The URL without password and parameters. */
  readonly shown: string;
  readonly schema: string;
  /** Of the schema; 0 when it has not been made yet. */
  readonly version: number;
  /** Of the server: "17.2". */
  readonly server: string;
  /** Whether a pooler stands between this process and the server. */
  readonly isPooled: boolean;
  /** Whether statements are kept prepared. */
  readonly prepares: boolean;
};

const ServerRow = z.object({ server: z.string() });

/** Looks at the database and changes nothing. @throws TelosError CONFIG_INVALID, STORE_UNAVAILABLE, STORE_NEWER, STORE_FOREIGN. */
export async function examinePostgresStore(url: string): Promise<PostgresStoreFacts> {
  const connection = readConnectionUrl(url);
  const database = openDatabase(connection);
  try {
    const { isPooled, prepares } = await database.probe();
    return await database.session(async (session) => {
      const [row] = await session("SELECT current_setting('server_version') AS server", []);
      return {
        shown: connection.shown,
        schema: connection.schema,
        version: (await readVersion(session, connection)).version,
        server: storedRow(ServerRow, row, 'the version of the server').server,
        isPooled,
        prepares,
      };
    });
  } finally {
    await database.close();
  }
}
