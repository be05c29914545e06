import { sql, type RawBuilder } from 'kysely';
import type { Report, Sources } from '../maintenance-task.js';
import { risesOf, type Counted } from './rises.js';

/** The first id of a window that began so many days ago. */
const since = (days: number): RawBuilder<unknown> =>
  sql`velro.id_before(now() - make_interval(days => ${days}))`;

/** Security events of the window and of the one before, by what `of` names. */
async function counted(
  { database, days }: Sources,
  of: RawBuilder<unknown>,
  where: RawBuilder<unknown> = sql`true`,
): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    select ${of} as what, (count(*) filter (where e.id >= ${since(days)}))::int as now,
      (count(*) filter (where e.id < ${since(days)}))::int as before
    from velro.security_events e where e.id >= ${since(2 * days)} and ${where}
    group by 1 order by 2 desc, 1`.execute(database.query);
  return rows;
}

/** By event and level. */
export const eventsReport = async (sources: Sources): Promise<Report> =>
  risesOf(await counted(sources, sql`e.event || ' ' || e.level`), 'no security event');

/** Kinds of attack, and those that were not seen in the window before. */
export async function attacksReport(sources: Sources): Promise<Report> {
  const kinds = await counted(sources, sql`e.event || ' (' || e.attack || ')'`, sql`e.attack is not null`);
  const fresh = kinds.filter(({ now, before }) => now > 0 && before === 0).map(({ what }) => what);
  const { outcome, lines } = risesOf(kinds, 'no attack was recognised');
  return fresh.length === 0
    ? { outcome, lines }
    : { outcome: 'found', lines: [...lines, `not seen in the window before: ${fresh.join(', ')}`] };
}

/** What was HIGH or CRITICAL: somebody has to look, however little it is. */
export async function alertsReport(sources: Sources): Promise<Report> {
  const events = await counted(sources, sql`e.event || ' ' || e.level`, sql`e.level in ('HIGH', 'CRITICAL')`);
  const { lines } = risesOf(events, 'none was HIGH or CRITICAL');
  return { outcome: events.some(({ now }) => now > 0) ? 'found' : 'nothing_found', lines };
}

/** Refusals of limits, by rule and route. */
export const limitsReport = async (sources: Sources): Promise<Report> =>
  risesOf(
    await counted(
      sources,
      sql`coalesce(e.details ->> 'rule', 'a rule') || ' at ' || coalesce(e.route, 'no route')`,
      sql`e.event = 'excess_rate_limit_exceeded'`,
    ),
    'no limit refused anything',
  );

interface Access {
  readonly signed_in: number;
  readonly failed: number;
  readonly addresses: number;
  readonly new_addresses: number;
}

/** Share of sign-ins that failed, addresses that were not seen before, and what of the audit log has risen. */
export async function accessReport(sources: Sources): Promise<Report> {
  const { database, days } = sources;
  const { rows } = await sql<Access>`
    with seen as (
      select distinct e.source_ip from velro.security_events e where e.id >= ${since(days)} and e.source_ip is not null)
    select (select count(*)::int from velro.security_events e where e.event = 'authn_login_success' and e.id >= ${since(days)}) as signed_in,
      (select count(*)::int from velro.security_events e where e.event = 'authn_login_fail' and e.id >= ${since(days)}) as failed,
      (select count(*)::int from seen) as addresses,
      (select count(*)::int from seen where not exists (
        select from velro.security_events o where o.source_ip = seen.source_ip and o.id < ${since(days)})) as new_addresses`.execute(
    database.query,
  );
  const { rows: actions } = await sql<Counted>`
    select a.action as what, (count(*) filter (where a.at >= now() - make_interval(days => ${days})))::int as now,
      (count(*) filter (where a.at < now() - make_interval(days => ${days})))::int as before
    from velro.audit_entries a where a.at >= now() - make_interval(days => ${2 * days}) group by 1 order by 2 desc, 1`.execute(
    database.query,
  );
  const [access] = rows;
  const { signed_in: signedIn = 0, failed = 0, addresses = 0, new_addresses: fresh = 0 } = access ?? {};
  const share = signedIn + failed === 0 ? 0 : Math.round((100 * failed) / (signedIn + failed));
  const rises = risesOf(actions, 'nothing is in the audit log');
  return {
    outcome: rises.outcome,
    lines: [
      `events of sign-ins: ${signedIn} that passed, ${failed} that failed (${share} %)`,
      `${addresses} addresses in security events, ${fresh} of them not seen before`,
      ...rises.lines,
    ],
  };
}
