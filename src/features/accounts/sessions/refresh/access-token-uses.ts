import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { sql } from 'kysely';
import { tokenUsePolicy } from '../../../../../config/policy/accounts/tokens.js';
import { Database } from '../../../../database/database.js';
import { Log } from '../../../../observability/log.js';
import { TokenUses } from '../../../../ports/token-uses.js';

/** Writes first uses of access tokens in batches; a batch that fails is tried again with the next. */
@Injectable()
export class AccessTokenUses extends TokenUses implements BeforeApplicationShutdown {
  /** Sessions by the id of the token. Beyond the bound a use is left out: the refresh tokens alone then tell. */
  private readonly waiting = new Map<string, string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {
    super();
  }

  note(sessionId: string, tokenId: string): void {
    if (this.waiting.size >= tokenUsePolicy.maxWaiting) return;
    this.waiting.set(tokenId, sessionId);
    this.timer ??= setTimeout(() => void this.write(), tokenUsePolicy.writeAfterMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.write();
  }

  private async write(): Promise<void> {
    this.timer = null;
    const batch = [...this.waiting];
    if (batch.length === 0) return;
    this.waiting.clear();
    const [tokens, sessions] = [batch.map(([token]) => token), [...new Set(batch.map(([, sid]) => sid))]];
    try {
      await this.database.query
        .updateTable('refresh_tokens')
        .set({ access_used_at: sql<Date>`clock_timestamp()` })
        .where('session_id', 'in', sessions)
        .where('access_used_at', 'is', null)
        .where(sql<boolean>`access_ids && ${tokens}::uuid[]`)
        .execute();
    } catch (cause) {
      this.log.warn('uses of access tokens were not noted, and are tried again', { cause });
      for (const [token, session] of batch) this.note(session, token);
    }
  }
}
