// Accounts of a benchmark, added to the database of the service: a sign-up derives a key from a password, which takes long.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { urlsOf } from './embedded-database.ts';
import { register, type Service } from './service.ts';
import { signedFor } from './tokens.ts';

/** Adds `count` accounts with credits and returns an access token of each. */
export async function makePeople(service: Service, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const admin = new pg.Client({ connectionString: urlsOf(service.home).superuser });
  await admin.connect();
  try {
    await admin.query(
      `insert into velro.users (id, email, credits_balance) select id, id || '@example.com', 1000000000 from unnest($1::uuid[]) id`,
      [ids],
    );
  } finally {
    await admin.end();
  }
  return signedFor(service, await register(service), ids);
}
