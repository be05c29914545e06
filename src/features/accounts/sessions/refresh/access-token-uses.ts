import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { sql } from 'kysely';
import { tokenUsePolicy } from '../../../../../config/policy/accounts/tokens.js';
import { Database } from '../../../../database/database.js';
import { Log } from '../../../../observability/log.js';
import { TokenUses } from '../../../../ports/accounts/token-uses.js';

/** Writes first uses of access tokens in batches; a batch that fails is tried again with the next. */
@Injectable()
export class AccessTokenUses extends TokenUses implements BeforeApplicationShutdown {
  /** Ids of tokens. Beyond the bound a use is left out: the refresh tokens alone then tell. */
  private readonly waiting = new Set<string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {
    super();
  }

  note(tokenId: string): void {
    if (this.waiting.size >= tokenUsePolicy.maxWaiting) return;
    this.waiting.add(tokenId);
    this.timer ??= setTimeout(() => void this.write(), tokenUsePolicy.writeAfterMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.write();
  }

  private async write(): Promise<void> {
    this.timer = null;
    // In one order everywhere, so that instances cannot wait for each other.
    const batch = [...this.waiting].slice(0, tokenUsePolicy.batch).sort();
    if (batch.length === 0) return;
    try {
      await this.database.query
        .updateTable('refresh_tokens')
        .set({ access_used_at: sql<Date>`clock_timestamp()` })
        .where('access_id', 'in', batch)
        .where('access_used_at', 'is', null)
        .execute();
      for (const id of batch) this.waiting.delete(id);
    } catch (cause) {
      this.log.warn('uses of access tokens were not noted, and are tried again', { cause });
    }
    if (this.waiting.size > 0)
      this.timer ??= setTimeout(() => void this.write(), tokenUsePolicy.writeAfterMs).unref();
  }
}
