import { Injectable } from '@nestjs/common';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Random } from '../../../ports/random.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { MediaLinks, type Linked } from '../../storage/media-links.js';
import { UsersService } from '../../users/users.service.js';
import { dataExportRequested } from '../privacy.events.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { DataExportsRepository, type DataExport, type StoredPart } from './data-exports.repository.js';

export type { DataExport } from './data-exports.repository.js';

export interface DataExportWithLinks {
  readonly export: DataExport;
  /** None before it is ready. */
  readonly parts: readonly Linked<StoredPart>[];
}

/** Exports of one's own data. */
@Injectable()
export class DataExportService {
  constructor(
    private readonly database: Database,
    private readonly exports: DataExportsRepository,
    private readonly work: WorkHints,
    private readonly users: UsersService,
    private readonly links: MediaLinks,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly random: Random,
  ) {}

  /** While one is at work, it is the answer. @throws Problem `data_exports_exceeded`, `not_found` */
  async request(caller: Caller, client: ClientContext): Promise<DataExport> {
    const id = this.random.uuid();
    const requested = await this.database.transaction(async (tx) => {
      // Of two requests at a time, the second finds the first one's export.
      if ((await this.users.lock(tx, caller.userId)) === null) throw new Problem('not_found');
      const working = await this.exports.working(tx, caller);
      if (working !== null) return working;
      const entry = {
        action: 'export.requested',
        subjectId: caller.userId,
        details: { export: id },
      } as const;
      const added = await this.exports.add(tx, caller, id, await this.audit.entry(tx, entry, client));
      if (added === null)
        throw new Problem('data_exports_exceeded', { headers: { 'retry-after': String(24 * 3600) } });
      return added;
    });
    if (requested.id === id) dataExportRequested(this.events, client);
    this.work.tell('exports');
    return requested;
  }

  /** With links to its parts once it is ready, each time with an entry in the audit log. @throws Problem `not_found`; StorageUnavailable */
  async find(caller: Caller, id: string, client: ClientContext): Promise<DataExportWithLinks> {
    const found = await this.exports.find(caller, id);
    if (found === null) throw new Problem('not_found');
    if (found.state !== 'ready') return { export: found, parts: [] };
    const stored = (await this.exports.parts(id)).map((part) => ({
      ...part,
      fileName: `velro-export-${part.number}.zip`,
    }));
    const parts = await this.links.sign(stored, dataExportPolicy.linkSeconds);
    const entry = {
      action: 'export.links_given',
      subjectId: caller.userId,
      details: { export: id },
    } as const;
    await this.audit.append(this.database.query, entry, client);
    return { export: found, parts };
  }
}
