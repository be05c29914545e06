import { sql } from 'kysely';
import type { Transaction } from '../../../../database/database.js';

/**
 * Until the transaction ends no other one adds a conversation of this owner: a person or a visitor. Otherwise two at once would both
 * find room, or the same id free.
 */
export const lockConversationsOf = async (tx: Transaction, ownerId: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended('velro.conversations', 0) # hashtextextended(${ownerId}, 0))`.execute(
    tx,
  );
};
