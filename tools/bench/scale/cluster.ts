// The embedded database of a service that has stopped, started again with as many connections as hundreds of instances need.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { urlsOf, type DatabaseUrls } from '../support/embedded-database.ts';

const { findPlace } = await import('#dist/src/adapters/embedded/postgres/postgres-place.js');

export interface WideCluster {
  /** Of its postmaster. */
  readonly pid: number;
  readonly urls: DatabaseUrls;
  stop(): Promise<void>;
}

/** `home`: of a service that does not run any more. */
export async function startWideCluster(home: string, port: number): Promise<WideCluster> {
  const place = await findPlace(home);
  const data = join(place.cluster, 'data');
  const settings = [
    'max_connections=400',
    'shared_buffers=128MB',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
  ];
  const child = spawn(
    join(place.binaries, 'bin', 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...place.user, stdio: 'ignore', cwd: place.cluster, env: { LC_ALL: 'C', TZ: 'UTC' } },
  );
  const exited = once(child, 'exit');
  for (let tries = 0; ; tries++) {
    try {
      const urls = urlsOf(home);
      const client = new pg.Client({ connectionString: urls.superuser });
      await client.connect();
      await client.end();
      return {
        pid: child.pid ?? 0,
        urls,
        async stop() {
          child.kill('SIGINT');
          await exited;
        },
      };
    } catch (error) {
      if (tries > 200) throw error;
      await sleep(100);
    }
  }
}

const clockTicks = 100;

/** Seconds of processor time that a postmaster and its processes have taken, those that have ended among them. */
export function databaseTime(postmaster: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // Behind the name: state, parent, …, and from the twelfth on its own time and that of its children that have ended.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [own, system, children, childrenSystem] = fields.slice(11, 15);
      if (Number(name) === postmaster || fields[1] === postmaster) ticks += (own ?? 0) + (system ?? 0);
      if (Number(name) === postmaster) ticks += (children ?? 0) + (childrenSystem ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks / clockTicks;
}
