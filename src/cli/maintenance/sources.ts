import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Config } from '../../../config/config.js';
import { lineOf, validateSource } from '../../../config/load-config.js';
import { maintenancePolicy } from '../../../config/policy/operations/maintenance.js';
import type { Database } from '../../database/database.js';
import { AccessReviewRepository } from '../../features/access-review/access-review.repository.js';
import { BackupsRepository } from '../../features/backups/backups.repository.js';
import { NotThere, type Sample, type Sources } from '../../features/maintenance/maintenance-task.js';
import { lookAtTls } from '../security-audit/tls.js';
import { samplesIn } from './metrics-text.js';
import { metricsText } from './service-metrics.js';

/** `url`: of the service; null where none is known. The service is asked once for its metrics, whichever reports read them. */
export function sourcesOf(config: Config, database: Database, url: URL | null, days: number): Sources {
  let asked: Promise<readonly Sample[]> | null = null;
  return {
    database,
    days,
    backups: () => new BackupsRepository(database).state(),
    rights: async () => {
      const review = new AccessReviewRepository(database);
      const { items, count } = await review.administrators();
      const active = items.filter(({ disabledAt }) => disabledAt === null);
      return {
        administrators: count,
        withoutFactor: active.filter(({ hasFactor }) => !hasFactor).length,
        unused: active.filter(({ lastUsedAt }) => lastUsedAt === null).length,
        staleKeys: (await review.staleKeys()).count,
        lastAttested: (await review.lastAttestation())?.at ?? null,
      };
    },
    metrics: () => (asked ??= metricsText(config, url).then(samplesOfService)),
    weaknesses,
    configuration: () => {
      const { faults, warnings } = validateSource();
      return [...faults.map(lineOf), ...warnings];
    },
    certificateDays: async () => {
      if (url?.protocol !== 'https:') return null;
      const { daysLeft } = await lookAtTls(url).catch(() => {
        throw new NotThere(`no TLS is spoken at ${url.host}`);
      });
      return daysLeft;
    },
  };
}

/** @throws NotThere where the text has none of what every instance shows: an empty answer is no quiet week */
function samplesOfService(text: string): readonly Sample[] {
  const samples = samplesIn(text);
  const missing = [
    'process_resident_memory_bytes',
    'http_server_requests_count',
    'database_slow_statements',
  ].filter((name) => !samples.some((one) => one.name === name));
  if (missing.length > 0) throw new NotThere(`/metrics has no ${missing.join(', ')}`);
  return samples;
}

/** By `npm audit` over the packages of the image. It exits with 1 where it found some. */
function weaknesses(): Promise<Readonly<Record<string, number>>> {
  if (!existsSync('package-lock.json'))
    return Promise.reject(new NotThere('it takes a checkout with package-lock.json'));
  return new Promise((resolve, reject) => {
    const options = { timeout: maintenancePolicy.registryMs, maxBuffer: maintenancePolicy.answerBytes };
    execFile('npm', ['audit', '--omit=dev', '--json'], options, (_error, stdout) => {
      const counts = countsIn(stdout);
      if (counts === null) reject(new NotThere('the registry of packages does not say: npm audit'));
      else resolve(counts);
    });
  });
}

function countsIn(text: string): Readonly<Record<string, number>> | null {
  try {
    const { metadata } = JSON.parse(text) as { metadata?: { vulnerabilities?: Record<string, number> } };
    const { total, ...bySeverity } = metadata?.vulnerabilities ?? {};
    return total === undefined ? null : bySeverity;
  } catch {
    return null;
  }
}
