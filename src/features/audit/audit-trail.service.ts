import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import { seal } from '../../crypto/aes-gcm.js';
import { hmacSha256 } from '../../crypto/hash.js';
import type { Executor } from '../../database/database.js';
import type { ClientContext } from '../../network/client-context.js';
import { Random } from '../../ports/random.js';
import type { AuditAction } from './audit-action.js';
import { entryKey, padsOf } from './chain/audit-chain.js';
import { AuditKeys } from './trail/audit-keys.js';
import { AuditRepository } from './trail/audit.repository.js';

/** What was done. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** The account that was acted on; null where it is none. */
  readonly subjectId: string | null;
  /** Beside the accounts and the request: texts, numbers and switches, before and after where that matters. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** How a payload is kept: its first byte. */
const payloadForms = { clear: 0, ofService: 1, ofSubject: 2 } as const;

/** Writes the audit log: in the transaction of what is done, so that both are committed or neither is. */
@Injectable()
export class AuditTrail {
  private readonly pseudonymKey: Buffer;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'audit' | 'pseudonymKey'>,
    private readonly keys: AuditKeys,
    private readonly entries: AuditRepository,
    private readonly random: Random,
  ) {
    this.pseudonymKey = deriveKey(config.pseudonymKey.current, 'audit/people');
  }

  /**
   * `client`: whose request it was; null for the service itself.
   * @throws AuditKeyLost, what the database throws: then what was done must not be committed
   */
  async append(tx: Executor, entry: AuditEntry, client: ClientContext | null): Promise<void> {
    const { action, subjectId } = entry;
    if (!this.config.audit.enabled) {
      await this.entries.skip(tx, action);
      return;
    }
    const id = this.random.uuid();
    const actorId = client?.userId ?? null;
    await this.entries.append(tx, {
      id,
      action,
      actor: this.pseudonymOf(actorId),
      subject: this.pseudonymOf(subjectId),
      requestId: client?.requestId ?? null,
      payload: await this.payloadOf(tx, id, entry, client),
      ...padsOf(entryKey(await this.keys.chain(tx), id)),
    });
  }

  /** By which entries of an account are found; null for none. */
  pseudonymOf(userId: string | null): Buffer | null {
    return userId === null ? null : hmacSha256(this.pseudonymKey, userId);
  }

  private async payloadOf(
    tx: Executor,
    id: string,
    { subjectId, details }: AuditEntry,
    client: ClientContext | null,
  ): Promise<Buffer> {
    const plain = Buffer.from(
      JSON.stringify({
        actor_id: client?.userId ?? null,
        subject_id: subjectId,
        source: client === null ? null : hmacSha256(this.pseudonymKey, client.ip).toString('hex'),
        method: client?.method ?? null,
        route: client?.route ?? null,
        details,
      }),
    );
    if (!this.config.audit.encrypt) return Buffer.concat([Buffer.of(payloadForms.clear), plain]);
    const ofSubject = subjectId === null ? null : await this.keys.subject(subjectId, tx);
    const key = ofSubject ?? (await this.keys.service(tx));
    const form = ofSubject === null ? payloadForms.ofService : payloadForms.ofSubject;
    return Buffer.concat([
      Buffer.of(form),
      seal(key, plain, `audit entry ${id}`, (count) => this.random.bytes(count)),
    ]);
  }
}
