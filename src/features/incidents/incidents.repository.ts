import { sql, type Selectable } from 'kysely';
import type { Database, Executor, Transaction } from '../../database/database.js';
import type { Incidents } from '../../database/schema.js';
import type { Incident } from './incident.js';

export interface IncidentNote {
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly text: string;
}

export interface Closing {
  readonly cause: string;
  readonly measures: string;
  readonly postMortem: string;
}

/** Incidents and the notes about them; each change together with its entry in the audit log, which the database wants. */
export class IncidentsRepository {
  constructor(private readonly database: Database) {}

  async open(
    tx: Transaction,
    incident: Pick<Incident, 'id' | 'kind' | 'title' | 'discoveredAt' | 'openedBy'>,
  ): Promise<void> {
    await tx
      .insertInto('incidents')
      .values({
        id: incident.id,
        kind: incident.kind,
        title: incident.title,
        discovered_at: incident.discoveredAt,
        opened_by: incident.openedBy,
      })
      .execute();
  }

  async find(id: string, executor: Executor = this.database.query): Promise<Incident | null> {
    const row = await executor.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toIncident(row);
  }

  /** As it is now and stays until `tx` ends: closing it waits. */
  async hold(tx: Transaction, id: string): Promise<Incident | null> {
    const row = await tx
      .selectFrom('incidents')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row === undefined ? null : toIncident(row);
  }

  async note(
    tx: Transaction,
    incidentId: string,
    note: Pick<IncidentNote, 'id' | 'by' | 'text'>,
  ): Promise<void> {
    await tx
      .insertInto('incident_notes')
      .values({ id: note.id, incident_id: incidentId, written_by: note.by, text: note.text })
      .execute();
  }

  /** False when a note of that id is there already: then nothing was written. */
  async noteOnce(
    tx: Transaction,
    incidentId: string,
    note: Pick<IncidentNote, 'id' | 'by' | 'text'>,
  ): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('incident_notes')
      .values({ id: note.id, incident_id: incidentId, written_by: note.by, text: note.text })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** In the order of time, behind the note `after`; null for the first ones. */
  async notes(
    incidentId: string,
    after: Pick<IncidentNote, 'id' | 'at'> | null,
    limit: number,
  ): Promise<readonly IncidentNote[]> {
    const rows = await this.database.query
      .selectFrom('incident_notes')
      .select(['id', 'at', 'written_by', 'text'])
      .where('incident_id', '=', incidentId)
      .$if(after !== null, (query) =>
        query.where(
          sql<boolean>`(at, id) > (select n.at, n.id from velro.incident_notes n where n.id = ${after?.id ?? null})`,
        ),
      )
      .orderBy('at')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ id, at, written_by: by, text }) => ({ id, at, by, text }));
  }

  /** False when it is closed already, or is isolated. */
  async close(tx: Transaction, id: string, { cause, measures, postMortem }: Closing): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('incidents')
      .set({ closed_at: sql<Date>`now()`, cause, measures, post_mortem: postMortem })
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .where((is) => is.or([is('isolated_at', 'is', null), is('reopened_at', 'is not', null)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async keepEvidence(tx: Transaction, id: string, incidentId: string, manifestHash: Buffer): Promise<void> {
    await tx
      .insertInto('incident_evidence')
      .values({ id, incident_id: incidentId, manifest_hash: manifestHash })
      .execute();
  }
}

const toIncident = (row: Selectable<Incidents>): Incident => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  discoveredAt: row.discovered_at,
  openedAt: row.opened_at,
  openedBy: row.opened_by,
  isolatedAt: row.isolated_at,
  reopenedAt: row.reopened_at,
  closedAt: row.closed_at,
  cause: row.cause,
  measures: row.measures,
  postMortem: row.post_mortem,
});
