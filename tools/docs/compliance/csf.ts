import { row, type Framework } from './framework.ts';

/** Every category of the NIST Cybersecurity Framework 2.0, by its six functions. */
export const csf: Framework = {
  title: 'NIST Cybersecurity Framework 2.0',
  rows: [
    row('GV.OC Govern: context', 'what law and contracts ask for is known', [
      'documents/processing',
      'review/compliance',
    ]),
    row('GV.RM Govern: risk strategy', 'how much may be spent or lost is decided', [
      'budgets/ai',
      'budgets/alerts',
      'review/architecture',
    ]),
    row('GV.RR Govern: roles', 'who is responsible is named', [
      'people/officer',
      'people/own-accounts',
      'administrators/roles',
      'vendor/support',
    ]),
    row('GV.PO Govern: policy', 'policies are written and kept up to date', [
      'documents/security-model',
      'review/policies',
      'review/documents',
    ]),
    row(
      'GV.OV Govern: oversight',
      'results are looked at',
      ['keys/rotation-recorded', 'review/configuration', 'review/compliance'],
      ['npm run security:audit', 'GET /api/v1/admin/controls'],
    ),
    row(
      'GV.SC Govern: supply chain',
      'suppliers and their software are watched',
      ['vendor/agreements', 'vendor/platform', 'review/dependencies', 'review/image-scan'],
      ['npm run sbom', 'npm run licences'],
    ),
    row(
      'ID.AM Identify: assets',
      'data, software and access are listed',
      ['documents/processing', 'review/access'],
      ['GET /api/v1/admin/access-review', 'npm run sbom'],
    ),
    row('ID.RA Identify: risks', 'weaknesses and threats are looked for', [
      'review/penetration-test',
      'review/web-scan',
      'review/new-threats',
      'surface/security-text',
    ]),
    row('ID.IM Identify: improvement', 'exercises and findings change something', [
      'drill/incident',
      'review/architecture',
      'review/documents',
    ]),
    row('PR.AA Protect: identities and access', 'who may do what is proven, on every request', [
      'authentication/forged-token',
      'authentication/open-routes',
      'authorisation/admin-routes',
      'administrators/factor',
      'operators/credentials',
      'database/least-privilege',
    ]),
    row('PR.AT Protect: training', 'people know what is asked of them', ['review/training']),
    row('PR.DS Protect: data', 'data are protected at rest, on the way and in backups', [
      'database/tls',
      'tls/versions',
      'audit/encrypted',
      'uploads/storage',
      'privacy/redaction',
      'backups/recent',
      'backups/elsewhere',
    ]),
    row(
      'PR.PS Protect: platforms',
      'configuration and software are hardened and logged',
      [
        'configuration/valid',
        'modes/debug',
        'container/image-user',
        'container/no-new-privileges',
        'logs/collected',
        'deployment/validated',
      ],
      ['npm run security:validate'],
    ),
    row(
      'PR.IR Protect: resilience',
      'networks and capacity hold',
      [
        'vendor/private-network',
        'vendor/firewall',
        'vendor/edge',
        'limits/enforced',
        'database/pool',
        'review/load-test',
      ],
      ['npm run test:load'],
    ),
    row(
      'DE.CM Detect: monitoring',
      'networks, people and the service are watched',
      ['events/stored', 'metrics/security', 'alerts/receivers', 'vendor/uptime', 'uploads/scanner'],
      ['GET /metrics', 'GET /api/v1/admin/security/events'],
    ),
    row(
      'DE.AE Detect: analysis',
      'events are judged',
      [
        'events/forged-token',
        'events/malicious-input',
        'threats/responses',
        'review/security-events',
        'review/access-logs',
      ],
      ['GET /api/v1/admin/security/posture'],
    ),
    row('RS.MA Respond: management', 'incidents are handled by a plan', [
      'documents/incidents',
      'drill/incident',
    ]),
    row(
      'RS.AN Respond: analysis',
      'what happened can be proven',
      ['audit/append-only', 'surface/checkpoint'],
      ['npm run audit:verify', 'GET /api/v1/admin/audit/export'],
    ),
    row('RS.CO Respond: communication', 'those who must know are told', [
      'people/breach-notification',
      'alerts/receivers',
      'vendor/support',
    ]),
    row(
      'RS.MI Respond: mitigation',
      'it is stopped',
      ['ai/kill-switch', 'threats/responses', 'keys/age'],
      [
        'POST /ops/ai/toggle',
        'POST /api/v1/admin/security/blocks',
        'DELETE /api/v1/admin/users/:id/sessions',
      ],
    ),
    row(
      'RC.RP Recover: plan',
      'what was lost is restored and verified',
      ['backups/restored', 'documents/recovery', 'vendor/point-in-time-recovery'],
      ['npm run db:restore', 'npm run db:open', 'npm run credits:verify'],
    ),
    row('RC.CO Recover: communication', 'the public is told when it works again', [
      'people/breach-notification',
      'vendor/uptime',
    ]),
  ],
  notCovered:
    'Each category is served in part: its subcategories about an organisation (mission, risk appetite, budgets of people, suppliers’ due diligence) are decisions of whoever runs the service. No profile and no tier is claimed.',
};
