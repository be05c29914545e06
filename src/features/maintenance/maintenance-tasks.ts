import type { Schedule } from '../../../config/policy/operations/maintenance.js';
import type { MaintenanceTask } from './maintenance-task.js';
import { backupsReport, keysReport, restoreReport, rightsReport } from './reports/custody.reports.js';
import {
  accessReport,
  alertsReport,
  attacksReport,
  eventsReport,
  limitsReport,
} from './reports/events.reports.js';
import {
  certificatesReport,
  configurationReport,
  dependenciesReport,
  errorsReport,
  resourcesReport,
} from './reports/service.reports.js';

type Row = readonly [
  id: string,
  title: string,
  then: string,
  attests: MaintenanceTask['attests'],
  report: MaintenanceTask['report'],
];

const each = (schedule: Schedule, rows: readonly Row[]): readonly MaintenanceTask[] =>
  rows.map(([id, title, then, attests, report]) => ({ id, schedule, title, then, attests, report }));

/** Every line of the schedules, once: what a program can gather it reports, and the rest it says to be due. */
export const maintenanceTasks: readonly MaintenanceTask[] = [
  ...each('weekly', [
    [
      'errors',
      'Errors by code and route',
      'Look the request ids up in the log.',
      ['review/log-errors'],
      errorsReport,
    ],
    [
      'resources',
      'Memory, event loop, pool and database',
      'docs/operations-guide.md says what each means.',
      ['review/resources'],
      resourcesReport,
    ],
    ['backups', 'Failed backups', 'docs/backups.md.', [], backupsReport],
    [
      'security-events',
      'Security events by kind',
      'GET /api/v1/admin/security/events.',
      ['review/security-events'],
      eventsReport,
    ],
    [
      'dashboards',
      'Dashboards against /metrics',
      'Compare deploy/grafana/dashboards with what you look at.',
      ['review/dashboards'],
      null,
    ],
    [
      'attacks',
      'Kinds of attack, and new ones',
      'docs/detection.md says what is detected.',
      ['review/new-threats'],
      attacksReport,
    ],
  ]),
  ...each('monthly', [
    [
      'alerts',
      'Events that were HIGH or CRITICAL',
      'GET /api/v1/admin/security/events?level=HIGH.',
      ['review/security-alerts'],
      alertsReport,
    ],
    [
      'dependencies',
      'Known weaknesses of the packages',
      'npm audit fix, the tests, and a deploy.',
      ['review/dependencies'],
      dependenciesReport,
    ],
    [
      'access',
      'Sign-ins, addresses and actions by rise',
      'GET /api/v1/admin/audit.',
      ['review/access-logs'],
      accessReport,
    ],
    [
      'restore',
      'A backup that was restored',
      'npm run db:backup:test, where the identity of the backups is.',
      [],
      restoreReport,
    ],
    [
      'limits',
      'Limits by what they refused',
      'RATE_LIMIT_… of docs/security-model.md.',
      ['review/limits', 'review/limits-chosen'],
      limitsReport,
    ],
    [
      'configuration',
      'The configuration',
      'npm run security:validate, npm run security:audit.',
      ['review/configuration'],
      configurationReport,
    ],
    [
      'penetration-test',
      'Findings of the last penetration test',
      'What became of each of them?',
      ['review/penetration-test'],
      null,
    ],
  ]),
  ...each('quarterly', [
    [
      'keys',
      'Keys by age',
      'A new one beside NAME_PREVIOUS, GET /ops/tokens as proof, then without the previous one.',
      ['vendor/old-key-revoked'],
      keysReport,
    ],
    [
      'rights',
      'Who may do what',
      'GET /api/v1/admin/access-review/export, then POST /api/v1/admin/access-review/attestations.',
      [],
      rightsReport,
    ],
    ['certificates', 'Certificates that end', 'Renew them.', [], certificatesReport],
    ['policies', 'Security policies', 'SECURITY.md, docs/security-model.md.', ['review/policies'], null],
    ['architecture', 'The architecture', 'docs/architecture.md.', ['review/architecture'], null],
    ['documents', 'Security documents', 'docs/.', ['review/documents'], null],
    [
      'training',
      'Training of the security team',
      'docs/incidents.md is what to rehearse.',
      ['review/training'],
      null,
    ],
    [
      'compliance',
      'Preparation of compliance audits',
      'npm run security:audit -- --oscal.',
      ['review/compliance'],
      null,
    ],
  ]),
];

export const tasksOf = (schedule: Schedule): readonly MaintenanceTask[] =>
  maintenanceTasks.filter((task) => task.schedule === schedule);
