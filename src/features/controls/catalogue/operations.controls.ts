import type { Schedule } from '../../../../config/policy/operations/maintenance.js';
import { healthPingPolicy } from '../../../../config/policy/perimeter/health-ping.js';
import { deployed, fail, holds, inside, notApplicable, pass, recorded, type Control } from './control.js';

const counterNames = [
  'failed_auth_attempts',
  'rate_limit_violations',
  'security_header_violations',
  'malicious_input_detections',
] as const;
const aiCounterNames = [
  'ai_calls_blocked_per_psid',
  'ai_calls_blocked_global',
  'ai_errors',
  'webhook_signature_failures',
] as const;
const labelledNames = [
  'auth_failures_by_kind',
  'rate_limit_violations_by_rule',
  'adaptive_limit_changes',
  'errors_by_code',
] as const;
/** Of a container's limit. */
const mostMemoryShare = 0.9;
const mostSlowShare = 0.05;
const mebibyte = 1024 * 1024;

/** Metrics that must be registered. */
const measured = (title: string, names: readonly string[]): Control => ({
  title,
  remedy: 'Set METRICS_ENABLED=true and let Prometheus read /metrics.',
  check: inside((see) => {
    const { enabled, names: known } = see('metrics');
    const missing = names.filter((name) => !known.includes(name));
    if (!enabled) return fail('METRICS_ENABLED=false');
    return missing.length === 0 ? pass(names.join(', ')) : fail(`missing: ${missing.join(', ')}`);
  }),
});

const maintained = (schedule: Schedule): Control => ({
  title: `Each ${schedule} report of maintenance was made in time`,
  remedy: `npm run maintenance -- ${schedule}; --due says which is missing.`,
  check: deployed((see) => {
    const due = see('maintenance')[schedule];
    return holds(due.length === 0, due.length === 0 ? 'none is overdue' : `overdue: ${due.join(', ')}`);
  }),
});

export const operationsControls = {
  'metrics/security': measured('Security counters are measured', [...counterNames, 'suspicious_ip_blocks']),
  'metrics/ai': measured('Calls of language models and webhook signatures are counted', aiCounterNames),
  'metrics/by-kind': measured('Failures are counted by kind, rule, level and code', labelledNames),
  'logs/level': {
    title: 'The log is at warning or error',
    remedy: 'Set LOG_LEVEL=warning. Security events are written at every level.',
    check: deployed((see) => {
      const { level } = see('log');
      return holds(level === 'warn' || level === 'error', `LOG_LEVEL=${level}`);
    }),
  },
  'logs/format': {
    title: 'The log is JSON',
    remedy: 'Set LOG_FORMAT=json.',
    check: deployed((see) => {
      const { format } = see('log');
      return holds(format === 'json', `LOG_FORMAT=${format}`);
    }),
  },
  'logs/collected': {
    title: 'Security events are sent on to a collector',
    remedy: 'Set SIEM_URL (docs/siem.md).',
    check: deployed((see) =>
      holds(see('hasSiem'), see('hasSiem') ? 'SIEM_URL is set' : 'SIEM_URL is not set'),
    ),
  },
  'logs/canary': {
    title: 'A line that the audit makes the service write arrives where the log is collected',
    remedy:
      'Run the audit with VELRO_AUDIT_LOGS_URL (docs/security-audit.md); look at what collects the log.',
    check: recorded((see) => {
      const [{ isGiven, foundAfterMs }, isLocal] = [see('logStore'), see('isLocal')];
      if (!isGiven)
        return isLocal
          ? notApplicable('http at loopback, and VELRO_AUDIT_LOGS_URL is not set')
          : fail('VELRO_AUDIT_LOGS_URL is not set');
      return foundAfterMs === null
        ? fail('no line of this audit came')
        : pass(`found after ${String(foundAfterMs)} ms`);
    }),
  },
  'alerts/receivers': {
    title: 'Alerts of the service reach somebody',
    remedy: 'Set SECURITY_ALERT_WEBHOOK_URL or ALERT_EMAIL, then POST /api/v1/admin/security/test-alert.',
    check: deployed((see) => {
      const receivers = see('alertReceivers');
      return holds(receivers.length > 0, receivers.join(', ') || 'nowhere');
    }),
  },
  'events/stored': {
    title: 'Security events are stored, the start of the instance among them',
    remedy: 'Look for EVENTS not kept in the log: the database was away.',
    check: inside((see) => {
      const count = see('recordedEvents');
      return holds(count > 0, `${String(count)} in the last day`);
    }),
  },
  'tracing/enabled': {
    title: 'Requests are traced',
    remedy: 'Set TRACING_ENABLED=true and OTEL_EXPORTER_OTLP_ENDPOINT.',
    check: deployed((see) =>
      holds(see('tracing'), see('tracing') ? 'traces are exported' : 'no trace leaves'),
    ),
  },
  'maintenance/weekly': maintained('weekly'),
  'maintenance/monthly': maintained('monthly'),
  'maintenance/quarterly': maintained('quarterly'),
  'review/access': {
    title: 'Who may do what was reviewed this quarter',
    remedy: 'Read GET /api/v1/admin/access-review, then POST /api/v1/admin/access-review/attestations.',
    check: deployed((see) => {
      const { lastAt, isDue } = see('accessReview');
      if (lastAt === null) return fail('it was never attested');
      return holds(!isDue, `attested on ${lastAt.toISOString().slice(0, 10)}`);
    }),
  },
  'health/outgoing-ping': {
    title: 'A monitor elsewhere is told every minute that the service is healthy',
    remedy: 'Set HEALTH_PING_ENABLED=true and HEALTH_PING_URL.',
    check: deployed((see) => {
      const { isConfigured, lastTaken } = see('healthPing');
      if (!isConfigured) return fail('HEALTH_PING_URL is not set, or HEALTH_PING_ENABLED=false');
      if (lastTaken === null) return fail('no monitor took it yet');
      return holds(
        Date.now() - lastTaken.getTime() < healthPingPolicy.staleMs,
        `last at ${lastTaken.toISOString()}`,
      );
    }),
  },
  'container/user': {
    title: 'The process does not run as root',
    remedy: 'Use the image as it is built: USER node.',
    check: deployed((see) => {
      const { userId } = see('container');
      return holds(userId > 0, `user ${String(userId)}`);
    }),
  },
  'container/no-new-privileges': {
    title: 'The process cannot gain privileges',
    remedy: 'Start the container with no-new-privileges:true.',
    check: deployed((see) => {
      const { hasNoNewPrivileges } = see('container');
      return holds(hasNoNewPrivileges, `NoNewPrivs: ${hasNoNewPrivileges ? '1' : '0'}`);
    }),
  },
  'container/memory': {
    title: 'The container has a limit of memory, and the process stays below it',
    remedy: 'Set a limit of memory; where the process comes near it, a larger one.',
    check: deployed((see) => {
      const { memoryLimitBytes, residentBytes } = see('container');
      if (memoryLimitBytes === null) return fail('no limit is set');
      return holds(
        residentBytes < memoryLimitBytes * mostMemoryShare,
        `${String(Math.ceil(residentBytes / mebibyte))} of ${String(Math.floor(memoryLimitBytes / mebibyte))} MiB`,
      );
    }),
  },
  'performance/requests': {
    title: 'At most one of twenty requests takes more than a second',
    remedy: 'docs/operations-guide.md names the metrics that say which route and what it waits for.',
    check: inside((see) => {
      const { count, slow } = see('requests');
      return holds(count > 0 && slow / count <= mostSlowShare, `${String(slow)} of ${String(count)}`);
    }),
  },
  'webhooks/delivered': {
    title: 'Webhooks reach their receivers: no more of them fail than arrive',
    remedy: 'Look at the deliveries of an endpoint: where all fail, the way out of the network is closed.',
    check: inside((see) => {
      const { endpoints, delivered, failed } = see('webhooks');
      if (endpoints === 0) return notApplicable('nobody has a webhook');
      if (delivered + failed === 0) return notApplicable('nothing was due to a webhook this week');
      return holds(
        delivered >= failed,
        `${String(delivered)} delivered and ${String(failed)} failed in a week`,
      );
    }),
  },
} as const satisfies Record<string, Control>;
