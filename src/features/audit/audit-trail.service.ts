import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sql, type AliasedRawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../config/config.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { openSealed, seal } from '../../crypto/aes-gcm.js';
import { hmacSha256 } from '../../crypto/hash.js';
import type { Executor } from '../../database/database.js';
import type { ClientContext } from '../../network/client-context.js';
import { Random } from '../../ports/random.js';
import type { AuditAction } from './audit-action.js';
import { entryKey, padsOf } from './chain/audit-chain.js';
import { AuditKeys } from './trail/audit-keys.js';
import { AuditRepository, appended, appendedFirst, type NewEntry } from './trail/audit.repository.js';

/** What was done. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** The account that was acted on; null where it is none. */
  readonly subjectId: string | null;
  /** The account that acted, where the request does not tell: by default the one whose request it is, and none without a request. */
  readonly actorId?: string;
  /** Beside the accounts and the request: texts, numbers and switches, before and after where that matters. */
  readonly details?: AuditDetails;
}

export type AuditDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * Appends an entry when a statement evaluates it: in `returning` of the statement that does what the entry tells of. However many rows it
 * returns, the entry is one; where it returns none, there is none.
 */
export type AppendedEntry = AliasedRawBuilder<unknown, 'audited'>;

/** How a payload is kept: its first byte. */
export const payloadForms = { clear: 0, ofService: 1, ofSubject: 2 } as const;

/** Writes the audit log: in the statement or the transaction of what is done, so that both are committed or neither is. */
@Injectable()
export class AuditTrail {
  private readonly pseudonymKey: KeyObject;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'audit' | 'pseudonymKey'>,
    private readonly keys: AuditKeys,
    private readonly entries: AuditRepository,
    private readonly random: Random,
  ) {
    this.pseudonymKey = pseudonymKeyOf(config.pseudonymKey.current);
  }

  /**
   * For the statement of the effect: the database is asked for nothing but a key that this instance has not used yet.
   * `executor`: of that statement. `client`: whose request it is; null for the service itself.
   * @throws AuditKeyLost, what the database throws: then nothing may be done
   */
  async entry(executor: Executor, entry: AuditEntry, client: ClientContext | null): Promise<AppendedEntry> {
    if (!this.config.audit.enabled) return nothing;
    const { subjectId } = entry;
    const subject = subjectId === null ? null : this.pseudonymOf(subjectId);
    const key =
      subjectId === null || subject === null || !this.config.audit.encrypt
        ? null
        : // Of an account that is gone nobody shall read any more.
          ((await this.keys.subject(subjectId, subject, executor)) ?? this.keys.newSubject(subjectId).key);
    return appended(await this.entryOf(executor, entry, client, { subject, key })).as('audited');
  }

  /**
   * The first entry of an account, for the statement that adds it: the account's key comes with it.
   * @throws AuditKeyLost, what the database throws
   */
  async firstEntry(
    executor: Executor,
    entry: AuditEntry & { readonly subjectId: string },
    client: ClientContext | null,
  ): Promise<AppendedEntry> {
    if (!this.config.audit.enabled) return nothing;
    const { key, sealed } = this.keys.newSubject(entry.subjectId);
    const subject = this.pseudonymOf(entry.subjectId);
    const first = await this.entryOf(executor, entry, client, { subject, key });
    return appendedFirst(first, entry.subjectId, sealed).as('audited');
  }

  /**
   * As a statement of its own, for what is no change of the database, or not of one statement.
   * @throws AuditKeyLost, what the database throws: then what was done must not be committed
   */
  async append(executor: Executor, entry: AuditEntry, client: ClientContext | null): Promise<void> {
    await this.entries.append(executor, await this.entry(executor, entry, client));
  }

  /** By which entries of an account are found, also those from before PSEUDONYM_KEY was rotated. */
  pseudonymsOf(userId: string): readonly Buffer[] {
    const { previous } = this.config.pseudonymKey;
    const earlier = previous === null ? [] : [hmacSha256(pseudonymKeyOf(previous), userId)];
    return [this.pseudonymOf(userId), ...earlier];
  }

  /** By which entries of an account are written. */
  pseudonymOf(userId: string): Buffer {
    return hmacSha256(this.pseudonymKey, userId);
  }

  /** `subject`: the keyed hash of the account that was acted on, `key`: its key; null where there is none. */
  private async entryOf(
    executor: Executor,
    entry: AuditEntry,
    client: ClientContext | null,
    { subject, key }: { readonly subject: Buffer | null; readonly key: KeyObject | null },
  ): Promise<NewEntry> {
    const id = this.random.timeOrderedUuid();
    const actorId = entry.actorId ?? client?.userId ?? null;
    const plain = this.plainOf(entry, actorId, client);
    const { encrypt } = this.config.audit;
    return {
      id,
      action: entry.action,
      actor: actorId === null ? null : actorId === entry.subjectId ? subject : this.pseudonymOf(actorId),
      subject,
      requestId: client?.requestId ?? null,
      payload: !encrypt
        ? Buffer.concat([Buffer.of(payloadForms.clear), plain])
        : key === null
          ? this.sealed(id, plain, payloadForms.ofService, await this.keys.service(executor))
          : this.sealed(id, plain, payloadForms.ofSubject, key),
      ...padsOf(entryKey(await this.keys.chain(executor), id)),
    };
  }

  private plainOf(
    { subjectId, details = {} }: AuditEntry,
    actorId: string | null,
    client: ClientContext | null,
  ): Buffer {
    return Buffer.from(
      JSON.stringify({
        actor_id: actorId,
        subject_id: subjectId,
        source: client === null ? null : hmacSha256(this.pseudonymKey, client.ip).toString('hex'),
        ...(client?.operator === undefined ? {} : { operator: client.operator }),
        method: client?.method ?? null,
        route: client?.route ?? null,
        details,
      }),
    );
  }

  private sealed(id: string, plain: Buffer, form: number, key: KeyObject): Buffer {
    const sealed = seal(key, plain, payloadContext(id), (count) => this.random.bytes(count));
    return Buffer.concat([Buffer.of(form), sealed]);
  }
}

/** What the payload of an entry says; null where the key is none or another. */
export function openPayload(
  id: string,
  payload: Buffer,
  key: KeyObject | null,
): Readonly<Record<string, unknown>> | null {
  const rest = payload.subarray(1);
  const plain = payload[0] === payloadForms.clear ? rest : key && openSealed(key, rest, payloadContext(id));
  return plain === null ? null : (JSON.parse(plain.toString()) as Record<string, unknown>);
}

const nothing: AppendedEntry = sql`null`.as('audited');

/** What the payload of an entry is bound to. */
const payloadContext = (id: string): string => `audit entry ${id}`;

/** Of what accounts and addresses are in the log. 32 bytes. */
const pseudonymKeyOf = (key: Secret): KeyObject => createSecretKey(deriveKey(key, 'audit/people'));
