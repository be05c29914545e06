// Connection URLs of the embedded database in a VELRO_HOME, for its superuser and for the service's role.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DatabaseUrls {
  readonly port: number;
  readonly superuser: string;
  /** The URL for the role `velro_app`, with another port if given. */
  readonly app: (at?: number) => string;
}

export function urlsOf(home: string): DatabaseUrls {
  const note = join(home, 'postgres-place');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
  const { superuser, app } = JSON.parse(readFileSync(join(cluster, 'passwords.json'), 'utf8')) as {
    superuser: string;
    app: string;
  };
  const port = Number(readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8').split('\n')[3]);
  return {
    port,
    superuser: `postgres://postgres:${superuser}@127.0.0.1:${port}/velro`,
    app: (at = port) => `postgres://velro_app:${app}@127.0.0.1:${at}/velro`,
  };
}
