import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Database } from '../../../database/database.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import type { ClientContext } from '../../../network/client-context.js';
import type { AuditAction } from '../audit-action.js';
import { AuditTrail, payloadForms, openPayload } from '../audit-trail.service.js';
import { AuditKeyLost, AuditKeys } from '../trail/audit-keys.js';
import { AuditEntriesRepository, type EntryFilter, type ReadEntry } from './audit-entries.repository.js';

export interface AuditFilter {
  readonly action: AuditAction | null;
  readonly actorId: string | null;
  readonly subjectId: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

/** An entry with what its payload says; null where that cannot be read any more: its account was deleted. */
export interface OpenedEntry {
  readonly entry: ReadEntry;
  readonly payload: Readonly<Record<string, unknown>> | null;
}

/** Reads the audit log, which is itself in the audit log. */
@Injectable()
export class AuditReadingService {
  constructor(
    private readonly database: Database,
    private readonly entries: AuditEntriesRepository,
    private readonly keys: AuditKeys,
    private readonly audit: AuditTrail,
  ) {}

  /** The newest first. */
  async list(filter: AuditFilter, page: PageRequest, client: ClientContext): Promise<Page<OpenedEntry>> {
    await this.audit.append(
      this.database.query,
      { action: 'audit.read', subjectId: null, details: detailsOf(filter) },
      client,
    );
    const found = await this.entries.newest(this.toFilter(filter), rowsOf(page), page.cursor);
    const { items, nextCursor } = pageOf(found, page);
    return { items: await Promise.all(items.map((entry) => this.open(entry))), nextCursor };
  }

  /**
   * Every entry in the order of time, in bounded memory. `withDetails`: what payloads say, in clear; else as they are stored. It is in the
   * audit log before the first entry is read.
   */
  async export(
    filter: AuditFilter,
    withDetails: boolean,
    client: ClientContext,
  ): Promise<AsyncGenerator<OpenedEntry>> {
    const details = { ...detailsOf(filter), details: withDetails };
    await this.audit.append(
      this.database.query,
      { action: 'audit.exported', subjectId: null, details },
      client,
    );
    return this.all(this.toFilter({ ...filter, until: filter.until ?? new Date() }), withDetails);
  }

  /** What the last entry of an action says; null when there is none that can be read. For the service itself. */
  async latestDetails(action: AuditAction): Promise<Readonly<Record<string, unknown>> | null> {
    const filter = { action, actorId: null, subjectId: null, since: null, until: null };
    const [last] = await this.entries.newest(this.toFilter(filter), 1, null);
    const details = last === undefined ? null : (await this.open(last)).payload?.['details'];
    return typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : null;
  }

  private async *all(filter: EntryFilter, withDetails: boolean): AsyncGenerator<OpenedEntry> {
    let last: ReadEntry | null = null;
    for (;;) {
      const batch: readonly ReadEntry[] = await this.entries.behind(filter, last, auditPolicy.exportBatch);
      for (const entry of batch) yield withDetails ? await this.open(entry) : { entry, payload: null };
      last = batch.at(-1) ?? null;
      if (batch.length < auditPolicy.exportBatch) return;
    }
  }

  private async open(entry: ReadEntry): Promise<OpenedEntry> {
    const key = entry.payload[0] === payloadForms.ofSubject ? this.keyOf(entry) : await this.keys.service();
    return { entry, payload: openPayload(entry.id, entry.payload, key) };
  }

  /** Null for one that is gone, with its account or with its AUDIT_ENC_KEY: the rest is shown all the same. */
  private keyOf({ key }: ReadEntry): KeyObject | null {
    try {
      return key && this.keys.opened(key.sealed, key.userId);
    } catch (error) {
      if (error instanceof AuditKeyLost) return null;
      throw error;
    }
  }

  private toFilter({ actorId, subjectId, ...filter }: AuditFilter): EntryFilter {
    const hashes = (userId: string | null): readonly Buffer[] | null =>
      userId === null ? null : this.audit.pseudonymsOf(userId);
    return { ...filter, actors: hashes(actorId), subjects: hashes(subjectId) };
  }
}

const detailsOf = ({ action, since, until, actorId, subjectId }: AuditFilter) => ({
  action,
  since: since?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
  // Not which: the account may be deleted, and this entry stays.
  by: [...(actorId === null ? [] : ['actor']), ...(subjectId === null ? [] : ['subject'])],
});
