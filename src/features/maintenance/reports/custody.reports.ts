import { sql } from 'kysely';
import { keyWatchPolicy } from '../../../../config/policy/operations/key-watch.js';
import { maintenancePolicy } from '../../../../config/policy/operations/maintenance.js';
import type { Report, Sources } from '../maintenance-task.js';

const when = (at: Date | null): string => at?.toISOString() ?? 'never';

/** Runs of backups that failed, and when one succeeded last. */
export async function backupsReport({ backups }: Sources): Promise<Report> {
  const { isExpected, lastSuccess, failures, isOverdue } = await backups();
  const lines = [`last success: ${when(lastSuccess)}`, `failed, killed or incomplete since: ${failures}`];
  if (!isExpected) lines.push('no backup was ever made of this database');
  return { outcome: isOverdue || failures > 0 ? 'found' : 'nothing_found', lines };
}

/** When a backup was restored for a test that passed, as the service has read it from where backups are. */
export async function restoreReport({ metrics }: Sources): Promise<Report> {
  const seconds = (await metrics()).find(({ name }) => name === 'backup_self_test_last_success')?.value ?? 0;
  const last = seconds > 0 ? new Date(seconds * 1000) : null;
  const isLate = last === null || Date.now() - last.getTime() > maintenancePolicy.days.monthly * 86_400_000;
  return { outcome: isLate ? 'found' : 'nothing_found', lines: [`last passed: ${when(last)}`] };
}

/** Keys that are older than they may become. */
export async function keysReport({ database }: Sources): Promise<Report> {
  const { rows } = await sql<{ name: string; days: number }>`
    select name, floor(extract(epoch from now() - first_seen_at) / 86400)::int as days from (
      select distinct on (k.name) k.name, k.first_seen_at from velro.key_fingerprints k order by k.name, k.last_seen_at desc) latest
    order by days desc, name`.execute(database.query);
  const old = rows.filter(({ days }) => days > keyWatchPolicy.keyDays);
  return {
    outcome: old.length > 0 ? 'found' : 'nothing_found',
    lines: [
      `${rows.length} keys are in use, ${old.length} of them for more than ${keyWatchPolicy.keyDays} days`,
      ...old.map(({ name, days }) => `${name}: ${days} days`),
    ],
  };
}

/** Administrators without a factor or without a use, and keys that nobody used for long. */
export async function rightsReport({ rights }: Sources): Promise<Report> {
  const { administrators, withoutFactor, unused, staleKeys, lastAttested } = await rights();
  return {
    outcome: withoutFactor + unused + staleKeys > 0 ? 'found' : 'nothing_found',
    lines: [
      `${administrators} administrators, ${withoutFactor} of them without a second factor, ${unused} whose use is not remembered`,
      `${staleKeys} API keys that nobody used for long`,
      `access was attested last: ${when(lastAttested)}`,
    ],
  };
}
