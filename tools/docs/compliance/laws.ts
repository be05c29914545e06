import { row, type Framework } from './framework.ts';

/** Laws and terms, by what a program or an attested word serves. */
export const laws: readonly Framework[] = [
  {
    title: 'GDPR',
    rows: [
      row(
        'Article 5',
        'data are kept for a purpose and no longer',
        ['privacy/retention', 'documents/processing'],
        ['GET /api/v1/admin/privacy/retention'],
      ),
      row(
        'Articles 6 and 7',
        'each purpose has a basis; a consent is proven and taken back',
        ['privacy/consents', 'privacy/consents-route'],
        ['PUT /api/v1/privacy/consents', 'GET /api/v1/admin/users/:id/privacy-choices'],
      ),
      row(
        'Articles 12 to 14',
        'people are told what is done',
        ['surface/privacy-policy'],
        ['GET /privacy', 'GET /api/v1/privacy/policy'],
      ),
      row(
        'Articles 15 and 20',
        'people are given their data, in a form that machines read',
        ['privacy/export-route'],
        ['POST /api/v1/privacy/export', 'GET /api/v1/privacy/export/:id'],
      ),
      row(
        'Article 16',
        'wrong data are corrected',
        [],
        ['PUT /api/v1/auth/profile', 'POST /api/v1/auth/email-change'],
      ),
      row(
        'Article 17',
        'people are forgotten, after a restore as well',
        ['privacy/deletion-route'],
        ['POST /api/v1/privacy/delete', 'npm run privacy:apply-erasures'],
      ),
      row(
        'Article 21',
        'people object',
        ['privacy/do-not-sell-route', 'privacy/consents-route'],
        ['PUT /api/v1/privacy/do-not-sell'],
      ),
      row('Article 25', 'little is collected and shown by default', [
        'privacy/redaction',
        'messenger/hashed-ids',
      ]),
      row('Article 28', 'processors are bound by a contract', ['vendor/agreements']),
      row('Article 30', 'processing is recorded', ['documents/processing'], ['npm run processing-record']),
      row(
        'Article 32',
        'data are secured, and that is tested',
        [
          'database/tls',
          'audit/encrypted',
          'backups/restored',
          'administrators/factor',
          'review/penetration-test',
        ],
        ['npm run security:audit'],
      ),
      row('Articles 33 and 34', 'a breach is told', [
        'people/breach-notification',
        'documents/incidents',
        'drill/incident',
      ]),
      row('Articles 37 to 39', 'an officer is appointed where one is required', ['people/officer']),
    ],
    notCovered:
      'An impact assessment (article 35), transfers to other countries (chapter V), age of consent (article 8) and restriction of processing (article 18) as a state of its own. There is no route for them. The basis in the record is how the service was built; whether it holds for you, a lawyer says.',
  },
  {
    title: 'CCPA as amended by the CPRA',
    rows: [
      row(
        '1798.100',
        'people are told what is collected, and for how long it is kept',
        ['surface/privacy-policy', 'privacy/retention'],
        ['GET /api/v1/privacy/policy'],
      ),
      row(
        '1798.105',
        'data are deleted on request',
        ['privacy/deletion-route'],
        ['POST /api/v1/privacy/delete'],
      ),
      row(
        '1798.106',
        'wrong data are corrected',
        [],
        ['PUT /api/v1/auth/profile', 'POST /api/v1/auth/email-change'],
      ),
      row(
        '1798.110 and 1798.130',
        'people are given what is known of them',
        ['privacy/export-route'],
        ['POST /api/v1/privacy/export'],
      ),
      row(
        '1798.120 and 1798.135',
        'people opt out of sale and sharing, by a signal of the browser too',
        ['privacy/do-not-sell-route', 'surface/global-privacy-control'],
        ['PUT /api/v1/privacy/do-not-sell', 'GET /.well-known/gpc.json'],
      ),
      row('1798.150', 'reasonable security', ['review/penetration-test', 'audit/encrypted', 'database/tls']),
    ],
    notCovered:
      'Requests by somebody who has no account, by phone or by an authorised agent; limiting the use of sensitive data (1798.121), of which the service asks for none; figures of requests for annual reports.',
  },
  {
    title: 'HIPAA Security Rule and breach notification',
    rows: [
      row(
        '164.308(a)(1)',
        'activity is reviewed',
        ['review/security-events', 'review/access-logs', 'audit/enabled'],
        ['GET /api/v1/admin/audit'],
      ),
      row(
        '164.308(a)(4) and 164.312(a)',
        'access is authorised, unique and controlled',
        ['authorisation/admin-routes', 'people/own-accounts', 'operators/named', 'review/access'],
        ['GET /api/v1/admin/access-review'],
      ),
      row('164.308(a)(5)', 'people are trained', ['review/training']),
      row('164.308(a)(6)', 'incidents are answered', ['documents/incidents', 'drill/incident']),
      row(
        '164.308(a)(7)',
        'data are backed up and restored',
        ['backups/recent', 'backups/restored', 'documents/recovery'],
        ['npm run db:backup', 'npm run db:restore'],
      ),
      row('164.308(b) and 164.314', 'business associates are bound by a contract', ['vendor/agreements']),
      row(
        '164.312(b)',
        'there is an audit trail that nobody rewrites',
        ['audit/append-only', 'audit/retention'],
        ['npm run audit:verify'],
      ),
      row(
        '164.312(c)',
        'data are not altered unseen',
        ['surface/checkpoint'],
        ['npm run storage:verify', 'npm run credits:verify'],
      ),
      row(
        '164.312(d)',
        'people prove who they are',
        ['administrators/factor', 'authentication/second-factor-route'],
        ['POST /api/v1/auth/mfa/enroll'],
      ),
      row('164.312(e)', 'data are encrypted on the way', ['tls/versions', 'tls/https-only', 'database/tls']),
      row('164.400 to 164.414', 'a breach is told', ['people/breach-notification']),
    ],
    notCovered:
      'The service is not made for health data: it has no field for them, encrypts no rows at rest by itself beside what is listed below, and keeps the audit log for AUDIT_RETENTION_DAYS (90), where 164.316 asks for six years of documentation. Physical safeguards (164.310) are the platform’s.',
  },
  {
    title: 'Meta Platform Terms',
    rows: [
      row('Data security', 'signatures are verified, secrets are kept, weaknesses can be reported', [
        'messenger/unsigned',
        'messenger/wrong-signature',
        'surface/security-text',
        'tls/https-only',
      ]),
      row(
        'Tokens',
        'access tokens are kept from others and watched',
        ['messenger/configured', 'messenger/token-watch', 'surface/keys'],
        ['GET /ops/tokens'],
      ),
      row(
        'Deletion of data',
        'people have their data deleted, and see how far it is',
        ['messenger/hashed-ids'],
        [
          'POST /webhook/messenger/data-deletion',
          'GET /webhook/messenger/data-deletion/:code',
          'DELETE /api/v1/admin/messenger/people/:id',
        ],
      ),
      row(
        'Privacy policy',
        'there is one, at a public address',
        ['surface/privacy-policy'],
        ['GET /privacy'],
      ),
      row('Service providers', 'providers that process data of the platform are bound by a contract', [
        'vendor/agreements',
      ]),
      row('Incidents', 'Meta is told of a breach of its data', [
        'people/breach-notification',
        'vendor/support',
      ]),
    ],
    notCovered:
      'App review, the yearly data use checkup and data protection assessment are forms of Meta’s that a person fills in.',
  },
];
