import { sql } from 'kysely';

/** A person who is worked for. `token`: of the lease, without which nothing is written. */
export interface HeldPerson {
  readonly id: string;
  readonly token: string;
  readonly pageId: string;
  readonly psidHash: Buffer;
  readonly psidSealed: Buffer;
}

/** Holds while a worker has its lease of a person. */
export const held = (id: string, token: string) =>
  sql`exists (select from velro.messenger_people where id = ${id}::uuid and lease = ${token}::uuid)`;
