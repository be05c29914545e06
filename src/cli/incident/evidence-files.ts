import type { Page } from '../../database/page.js';
import { sql } from 'kysely';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import { configurationDigests } from '../../features/audit/configuration/configuration-digests.js';
import { checkpointText } from '../../features/audit/checkpoints/checkpoint.js';
import { CheckpointsRepository } from '../../features/audit/checkpoints/checkpoints.repository.js';
import {
  AuditEntriesRepository,
  type ReadEntry,
} from '../../features/audit/reading/audit-entries.repository.js';
import { exportLines } from '../../features/audit/reading/audit-export.js';
import type { OpenedEntry } from '../../features/audit/reading/audit-reading.service.js';
import { AffectedRepository } from '../../features/incidents/affected.repository.js';
import type { Incident } from '../../features/incidents/incident.js';
import type { IncidentNote } from '../../features/incidents/incidents.repository.js';
import {
  SecurityEventsRepository,
  type KeptEvent,
} from '../../features/security/events/security-events.repository.js';
import { NotThere } from '../../features/maintenance/maintenance-task.js';
import { publishedAddress } from '../../service-address.js';
import { metricsText } from '../maintenance/service-metrics.js';
import { auditKeysOf } from '../unblock/audit-trail.js';
import type { Desk } from './desk.js';

interface EvidenceFile {
  readonly name: string;
  readonly pieces: AsyncIterable<string>;
}

interface EvidenceWindow {
  readonly since: Date;
  readonly until: Date;
}

const { evidencePage } = incidentPolicy;
const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Every file, each read as it is written. Of the configuration digests alone; of audit entries what is stored, sealed as it is. */
export function evidenceFiles(
  desk: Desk,
  incident: Incident,
  window: EvidenceWindow,
): readonly EvidenceFile[] {
  return [
    { name: 'incident.json', pieces: one(() => Promise.resolve(lineOf(incident))) },
    { name: 'notes.jsonl', pieces: notes(desk, incident) },
    { name: 'affected.jsonl', pieces: affected(desk, incident) },
    { name: 'security-events.jsonl', pieces: events(desk, window) },
    { name: 'audit-entries.jsonl', pieces: exportLines('jsonl', auditEntries(desk, window)) },
    { name: 'audit-checkpoint.txt', pieces: one(() => checkpoint(desk)) },
    { name: 'audit-heads.txt', pieces: one(() => heads(desk)) },
    { name: 'configuration.txt', pieces: one(() => Promise.resolve(configuration(desk))) },
    { name: 'controls.jsonl', pieces: controls(desk) },
    { name: 'metrics.txt', pieces: one(() => metrics(desk)) },
  ];
}

/** Of a service of this machine, or at PUBLIC_URL; why there is none where it does not answer. */
async function metrics({ config }: Desk): Promise<string> {
  const base = publishedAddress(config.home) ?? config.server.publicUrl;
  try {
    return await metricsText(config, base === null ? null : new URL(base));
  } catch (error) {
    if (error instanceof NotThere) return `${error.message}\n`;
    throw error;
  }
}

async function* one(make: () => Promise<string>): AsyncGenerator<string> {
  yield await make();
}

async function* notes({ incidents }: Desk, { id }: Incident): AsyncGenerator<string> {
  let last: IncidentNote | null = null;
  for (;;) {
    const page: readonly IncidentNote[] = await incidents.notes(id, last, evidencePage);
    for (const note of page) yield lineOf(note);
    last = page.at(-1) ?? null;
    if (page.length < evidencePage) return;
  }
}

async function* affected({ database }: Desk, { id }: Incident): AsyncGenerator<string> {
  const accounts = new AffectedRepository(database);
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<AffectedRepository['list']>> = await accounts.list(
      id,
      after,
      evidencePage,
    );
    for (const row of page) yield lineOf(row);
    after = page.at(-1)?.userId ?? null;
    if (page.length < evidencePage) return;
  }
}

/** The newest first. */
async function* events({ database }: Desk, window: EvidenceWindow): AsyncGenerator<string> {
  const repository = new SecurityEventsRepository(database);
  const filter = { event: null, level: null, userId: null, sourceIp: null, account: null, ...window };
  let cursor: string | null = null;
  do {
    const page: Page<KeptEvent> = await repository.list(filter, { limit: evidencePage, cursor });
    for (const event of page.items) yield lineOf(event);
    cursor = page.nextCursor;
  } while (cursor !== null);
}

async function* auditEntries({ database }: Desk, window: EvidenceWindow): AsyncGenerator<OpenedEntry> {
  const entries = new AuditEntriesRepository(database);
  const filter = { action: null, actors: null, subjects: null, ...window };
  let last: ReadEntry | null = null;
  for (;;) {
    const page: readonly ReadEntry[] = await entries.behind(filter, last, evidencePage);
    for (const entry of page) yield { entry, payload: null };
    last = page.at(-1) ?? null;
    if (page.length < evidencePage) return;
  }
}

async function checkpoint({ database }: Desk): Promise<string> {
  const latest = await new CheckpointsRepository(database).latest();
  return latest?.note ?? 'none was taken\n';
}

/** What a checkpoint of this moment would sign: the manifest does. */
async function heads({ config, database }: Desk): Promise<string> {
  const repository = new CheckpointsRepository(database);
  const signer = await auditKeysOf(config, database).signer();
  return database.transaction(async (tx) => {
    const latest = await repository.latest(tx);
    return checkpointText(signer.name, { ...(await repository.heads(tx)), previous: latest?.note ?? null });
  });
}

const configuration = ({ config }: Desk): string =>
  [...configurationDigests(config)].map(([name, digest]) => `${name}=${digest}\n`).join('');

/** What was attested of the controls, and the sums of the audits that were made. */
async function* controls({ database }: Desk): AsyncGenerator<string> {
  let last = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await sql<{ at: string; id: string; row: unknown }>`
      select at::text, id::text, row from (
        select at, id, to_jsonb(c) as row from velro.control_attestations c
        union all select at, id, to_jsonb(a) from velro.control_audits a) facts
      where (at, id) > (${last.at}::timestamptz, ${last.id}::uuid) order by at, id limit ${evidencePage}`.execute(
      database.query,
    );
    for (const { row } of rows) yield lineOf(row);
    last = rows.at(-1) ?? last;
    if (rows.length < evidencePage) return;
  }
}
