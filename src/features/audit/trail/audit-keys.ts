import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { BoundedCache } from '../../../cache/bounded-cache.js';
import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import type { Executor } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { NoteSigner } from '../checkpoints/signed-note.js';
import { AuditKeysRepository, type ServiceKeyName } from './audit-keys.repository.js';

const keyBytes = 32;

/** A key of the audit log that neither AUDIT_ENC_KEY nor AUDIT_ENC_KEY_PREVIOUS opens: nothing can be written or read. */
export class AuditKeyLost extends Error {
  override readonly name = 'AuditKeyLost';
}

/**
 * The keys of the audit log, made when they are first needed and kept in the database, sealed under AUDIT_ENC_KEY: so that it can be rotated,
 * and that with an account its key is gone.
 */
@Injectable()
export class AuditKeys {
  private readonly present: KeyObject;
  private readonly earlier: KeyObject | null;
  /** Whether stored keys are being moved to the present AUDIT_ENC_KEY; until then other instances may have the earlier one alone. */
  private isMoving = false;
  private readonly services = new Map<ServiceKeyName, KeyObject>();
  private notes: NoteSigner | null = null;
  private readonly subjects = new BoundedCache<KeyObject>(auditPolicy.subjectKeys);

  constructor(
    @Inject(CONFIG) { audit: { key } }: Pick<Config, 'audit'>,
    private readonly keys: AuditKeysRepository,
    private readonly random: Random,
  ) {
    this.present = createSecretKey(deriveKey(key.current, 'audit/keys'));
    this.earlier = key.previous === null ? null : createSecretKey(deriveKey(key.previous, 'audit/keys'));
  }

  /** Whether AUDIT_ENC_KEY is being rotated. */
  get isRotating(): boolean {
    return this.earlier !== null;
  }

  /** Under which entries are chained. 32 bytes. `executor`: by which it is asked for. @throws AuditKeyLost, what the database throws */
  chain(executor?: Executor): Promise<KeyObject> {
    return this.serviceKey('chain', executor);
  }

  /** The key of the chain where there is one already: nothing is written. @throws AuditKeyLost, what the database throws */
  async chainIfAny(): Promise<KeyObject | null> {
    const sealed = await this.keys.find('chain');
    return sealed === null ? null : this.unwrap(sealed, 'chain');
  }

  /** Under which entries that concern no account are sealed. 32 bytes. @throws AuditKeyLost, what the database throws */
  service(executor?: Executor): Promise<KeyObject> {
    return this.serviceKey('service', executor);
  }

  /** By which checkpoints and summaries are signed. @throws AuditKeyLost, what the database throws */
  async signer(executor?: Executor): Promise<NoteSigner> {
    this.notes ??= new NoteSigner((await this.serviceKey('signer', executor)).export());
    return this.notes;
  }

  /** The same where there is one already: nothing is written. @throws AuditKeyLost, what the database throws */
  async signerIfAny(): Promise<NoteSigner | null> {
    const sealed = await this.keys.find('signer');
    return sealed === null ? null : new NoteSigner(this.unwrap(sealed, 'signer').export());
  }

  /** The key of an account, as it is stored. @throws AuditKeyLost */
  opened(sealed: Buffer, userId: string): KeyObject {
    return this.unwrap(sealed, userId);
  }

  /** A key for an account that is being added, and how it is stored. */
  newSubject(userId: string): { readonly key: KeyObject; readonly sealed: Buffer } {
    const key = createSecretKey(this.random.bytes(keyBytes));
    return { key, sealed: this.wrap(key, userId) };
  }

  /** Under which entries are sealed that concern an account, which is found by `pseudonym`; null for one that is gone. @throws AuditKeyLost, what the database throws */
  async subject(userId: string, pseudonym: Buffer, executor: Executor): Promise<KeyObject | null> {
    const known = this.subjects.get(userId);
    if (known !== undefined) return known;
    const stored =
      (await this.keys.findOf(userId, pseudonym, executor)) ??
      (await this.keys.keepOf(userId, pseudonym, this.newSubject(userId).sealed, executor));
    if (stored === null) return null;
    const key = this.unwrap(stored.sealed, userId);
    // One that goes with a transaction that fails must not be used again.
    if (stored.isCommitted) this.subjects.set(userId, key);
    return key;
  }

  /** From now on keys are made under the present AUDIT_ENC_KEY. */
  startMoving(): void {
    this.isMoving = true;
  }

  /** The same key under the present AUDIT_ENC_KEY; null where it is so already. @throws AuditKeyLost */
  rewrap(sealed: Buffer, context: string): Buffer | null {
    if (openSealed(this.present, sealed, contextOf(context)) !== null) return null;
    return this.sealedUnder(this.present, this.unwrap(sealed, context), context);
  }

  private async serviceKey(name: ServiceKeyName, executor?: Executor): Promise<KeyObject> {
    const known = this.services.get(name);
    if (known !== undefined) return known;
    const found = await this.keys.find(name, executor);
    const sealed =
      found ?? (await this.keys.keep(name, this.wrap(createSecretKey(this.random.bytes(keyBytes)), name)));
    const key = this.unwrap(sealed, name);
    this.services.set(name, key);
    return key;
  }

  private wrap(key: KeyObject, context: string): Buffer {
    return this.sealedUnder(this.isMoving ? this.present : (this.earlier ?? this.present), key, context);
  }

  private sealedUnder(by: KeyObject, key: KeyObject, context: string): Buffer {
    return seal(by, key.export(), contextOf(context), (count) => this.random.bytes(count));
  }

  private unwrap(sealed: Buffer, context: string): KeyObject {
    const key =
      openSealed(this.present, sealed, contextOf(context)) ??
      (this.earlier === null ? null : openSealed(this.earlier, sealed, contextOf(context)));
    if (key === null) throw new AuditKeyLost('a key of the audit log is under another AUDIT_ENC_KEY');
    return createSecretKey(key);
  }
}

const contextOf = (context: string): string => `audit key ${context}`;
