import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertRules } from '../support/monitoring/alert-rules.js';
import { AttackStage } from '../support/monitoring/attack-stage.js';
import { dashboards } from '../support/monitoring/dashboards.js';
import { metricsIn, metricsOf } from '../support/monitoring/promql.js';
import { hasPrometheus } from '../support/monitoring/promtool.js';
import { hasRedis } from '../support/process/redis-server.js';
import { until } from '../support/process/wait-until.js';

/** Alerts to which the service is brought here, by what brings it to them. */
const provoked = {
  rest: ['VelroBackupOverdue'],
  attack: [
    'VelroFailedSignIns',
    'VelroLimitsSpike',
    'VelroBlocks',
    'VelroWebhookSignatures',
    'VelroAiErrors',
    'VelroAiUsageSpike',
    'VelroBudget',
    'VelroSiemBehind',
  ],
  starvation: ['VelroHealth', 'VelroSlowStatements', 'VelroServerErrors'],
  end: ['VelroGone'],
} as const;

/** Alerts that promtool alone shows (alert-rules.spec.ts), and why the service is not brought to them here. */
const byPromtoolAlone: Readonly<Record<string, string>> = {
  VelroSignInsClosed: 'an incident, whose switch test/journeys/incident.spec.ts sees in /metrics',
  VelroSecurityEventsDropped: 'a thousand events while the database is away',
  VelroSiemRefusedEvents: 'a SIEM that refuses one event for hours',
  VelroSiemMissedEvents: 'an event older than its retention',
  VelroBackupFailures: 'a target of backups, which is looked at once a minute',
  VelroBackupSelfTestOverdue: 'a target of backups, and eight days',
  VelroBackupSelfTestFailures: 'a target of backups, which is looked at once an hour',
  VelroUsageSpike: 'an hour of ordinary traffic before it',
  VelroCertificate: 'a certificate that ends soon',
  VelroJobsWait: 'five hundred jobs that nobody takes',
};

/** Titles of panels of what this service does not do here. */
const withoutValues = ['Age of the last backup', 'Days left of certificates', 'Since the last outgoing ping'];

it('every alert is provoked here or stands with the reason why not', () => {
  const named = [...Object.values(provoked).flat(), ...Object.keys(byPromtoolAlone)];
  expect([...named].sort()).toEqual(
    alertRules()
      .map(({ alert }) => alert)
      .sort(),
  );
});

(hasPrometheus && hasRedis ? describe : describe.skip)('a Prometheus that scrapes the service', () => {
  let stage: AttackStage;
  beforeAll(async () => {
    stage = await AttackStage.start();
  });
  afterAll(async () => {
    await stage.end();
  });

  /** But that it is gone, which a machine that is busy for a second makes of one that is late. */
  const fired = (): string[] =>
    [...stage.alertmanager.fired.keys()].filter((name) => name !== 'VelroGone').sort();
  const untilFired = (names: readonly string[]) =>
    until(
      () => names.every((name) => stage.alertmanager.fired.has(name)),
      `${names.join(', ')}, all of them`,
      60_000,
    ).catch((error: unknown) => {
      throw new Error(`fired: ${fired().join(', ')}`, { cause: error });
    });

  it('answers the scrapes, with the traces of requests', async () => {
    const one = async (expression: string) => (await stage.prometheus.query(expression))[0]?.value[1];
    // Twice the longest wait of an alert.
    await until(
      async () => Number(await one('sum_over_time(up[10m])')) > 25,
      'scrapes that were answered in time',
    );
    expect(await one('failed_auth_attempts')).toBe('0');
    expect(await stage.prometheus.traces('http_server_requests_bucket')).toContainEqual(
      expect.stringMatching(/^[0-9a-f]{32}$/),
    );
  });

  it('fires while nothing happens that there is no backup, and nothing else', async () => {
    await untilFired(provoked.rest);
    expect(fired()).toEqual(provoked.rest);
  });

  it('fires the alerts of what strangers do, and of what it costs', async () => {
    await stage.work();
    await stage.attack();
    await untilFired(['VelroFailedSignIns', 'VelroWebhookSignatures']);
    await stage.ageEvents();
    await untilFired(provoked.attack);
    expect(stage.alertmanager.fired.get('VelroWebhookSignatures')?.labels).toMatchObject({
      severity: 'critical',
    });
    expect(stage.alertmanager.fired.get('VelroBudget')?.annotations['summary']).toBe(
      'More than 80 % of the budget ai_daily is spent.',
    );
    expect(fired()).toEqual([...provoked.rest, ...provoked.attack].sort());
  });

  it('reads every expression of the dashboards, each of metrics that the service has', async () => {
    const known = metricsOf(await stage.scrape());
    const panels = dashboards().flatMap(([, { panels: some }]) => some);
    const empty = new Set<string>();
    for (const { title, targets } of panels) {
      let values = 0;
      for (const { expr } of targets) {
        expect([title, metricsIn(expr).filter((name) => !known.has(name))]).toEqual([title, []]);
        values += (await stage.prometheus.query(expr)).length;
      }
      if (values === 0) empty.add(title);
    }
    // On a busy machine the service may have answered that it is busy.
    empty.delete('Share of errors of the server');
    expect([...empty].sort()).toEqual(withoutValues);
  });

  it('fires the alerts of what the service is without', async () => {
    await stage.starve(() => untilFired(provoked.starvation));
    expect(stage.alertmanager.fired.get('VelroHealth')?.annotations['summary']).toBe('counters is away.');
  });

  it('fires the alert of a service that is gone', async () => {
    await stage.service.kill();
    stage.alertmanager.fired.clear();
    await untilFired(provoked.end);
  });
});
