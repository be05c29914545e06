import { sql } from 'kysely';
import { maintenancePolicy } from '../../../../config/policy/operations/maintenance.js';
import type { Report, Sample, Sources } from '../maintenance-task.js';

const top = (samples: readonly Sample[], label: (sample: Sample) => string): readonly string[] =>
  samples
    .filter(({ value }) => value > 0)
    .toSorted((one, other) => other.value - one.value)
    .slice(0, maintenancePolicy.rows)
    .map((sample) => `${label(sample)}: ${sample.value}`);

/** Error answers by code, and routes that answered by 5xx, since the instance that was asked started. */
export async function errorsReport({ metrics }: Sources): Promise<Report> {
  const samples = await metrics();
  const codes = samples.filter(({ name }) => name === 'errors_by_code');
  const failing = samples.filter(
    ({ name, labels }) => name === 'http_server_requests_count' && labels['status'] === '5xx',
  );
  const routes = top(failing, ({ labels }) => `${labels['method'] ?? ''} ${labels['route'] ?? ''} by 5xx`);
  const answered = top(codes, ({ labels }) => labels['code'] ?? '');
  return {
    outcome: routes.length > 0 ? 'found' : 'nothing_found',
    lines: [
      ...(answered.length === 0 ? ['no error was answered'] : answered),
      ...(routes.length === 0 ? ['no route answered by 5xx'] : routes),
    ],
  };
}

/** What the process, its pool and the database use. */
export async function resourcesReport({ metrics, database }: Sources): Promise<Report> {
  const samples = await metrics();
  const valueOf = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples.find(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    )?.value ?? Number.NaN;
  const waiting = valueOf('database_pool_connections', { state: 'waiting' });
  const slow = valueOf('database_slow_statements');
  const { rows } = await sql<{ name: string; size: string }>`
    (select 'the database' as name, pg_size_pretty(pg_database_size(current_database())) as size)
    union all
    (select c.relname, pg_size_pretty(pg_total_relation_size(c.oid)) from pg_class c
     where c.relnamespace = 'velro'::regnamespace and c.relkind = 'r' order by pg_total_relation_size(c.oid) desc limit 5)`.execute(
    database.query,
  );
  return {
    outcome: waiting > 0 || slow > 0 ? 'found' : 'nothing_found',
    lines: [
      `memory of the process: ${Math.round(valueOf('process_resident_memory_bytes') / 1e6)} MB`,
      `delay of the event loop, 99 %: ${(valueOf('nodejs_eventloop_lag_p99_seconds') * 1000).toFixed(1)} ms`,
      `requests that wait for a connection: ${waiting}; slow statements since the start: ${slow}`,
      ...rows.map(({ name, size }) => `${name}: ${size}`),
    ],
  };
}

/** Certificates that end soon: of the service, and of whom it connects to. */
export async function certificatesReport({ metrics, certificateDays }: Sources): Promise<Report> {
  const own = await certificateDays();
  const peers = (await metrics())
    .filter(({ name, value }) => name === 'peer_certificate_not_after' && value > 0)
    .map(({ labels, value }) => ({
      peer: labels['peer'] ?? '',
      days: Math.floor((value - Date.now() / 1000) / 86_400),
    }));
  const all = [...(own === null ? [] : [{ peer: 'the service', days: own }]), ...peers];
  const soon = all.filter(({ days }) => days < maintenancePolicy.certificateDays);
  return {
    outcome: soon.length > 0 ? 'found' : 'nothing_found',
    lines:
      all.length === 0
        ? ['no certificate is in use: the service is asked over http, and its peers are on this machine']
        : all.map(({ peer, days }) => `${peer}: ${days} days left`),
  };
}

/** Faults and warnings of the configuration, and how often it was loaded. */
export async function configurationReport({ configuration, database, days }: Sources): Promise<Report> {
  const said = configuration();
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from velro.audit_entries a
    where a.action = 'configuration.loaded' and a.at >= now() - make_interval(days => ${days})`.execute(
    database.query,
  );
  return {
    outcome: said.length > 0 ? 'found' : 'nothing_found',
    lines: [
      `the configuration was loaded ${rows[0]?.count ?? 0} times; what changed stands in the audit log (configuration.loaded)`,
      ...said,
    ],
  };
}

/** Known weaknesses of the packages of the image. */
export async function dependenciesReport({ weaknesses }: Sources): Promise<Report> {
  const known = Object.entries(await weaknesses()).filter(([, count]) => count > 0);
  return {
    outcome: known.length > 0 ? 'found' : 'nothing_found',
    lines:
      known.length === 0 ? ['no known weakness'] : known.map(([severity, count]) => `${severity}: ${count}`),
  };
}
