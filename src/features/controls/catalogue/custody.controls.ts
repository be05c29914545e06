import { deployed, fail, holds, inside, notApplicable, pass, type Control } from './control.js';

const mostFileBytes = 100 * 1024 * 1024;

export const custodyControls = {
  'audit/enabled': {
    title: 'What is done is in the audit log',
    remedy: 'Set AUDIT_ENABLED=true.',
    check: inside((see) => holds(see('audit').enabled, `AUDIT_ENABLED=${String(see('audit').enabled)}`)),
  },
  'audit/encrypted': {
    title: 'Entries of the audit log cannot be read without their key',
    remedy: 'Set AUDIT_ENCRYPT=true: entries from then on are sealed.',
    check: inside((see) => {
      const { looked, readable } = see('auditPayloads');
      if (looked === 0) return fail('there is no entry');
      return holds(readable === 0, `${String(readable)} of the newest ${String(looked)} are readable`);
    }),
  },
  'audit/append-only': {
    title: 'The role of the service can neither change nor delete entries of the audit log',
    remedy: 'Run npm run db:migrate; revoke what somebody granted.',
    check: inside((see) => {
      const powers = see('auditPowers');
      return holds(
        powers.length === 0,
        powers.length === 0 ? 'it may add and read' : `it may ${powers.join(', ')}`,
      );
    }),
  },
  'audit/retention': {
    title: 'The audit log is kept for at least 90 days',
    remedy: 'Set AUDIT_RETENTION_DAYS=90.',
    check: inside((see) => {
      const { retentionDays } = see('audit');
      return holds(retentionDays >= 90, `${String(retentionDays)} days`);
    }),
  },
  'privacy/retention': {
    title: 'Nothing is kept for longer than its rule of retention says',
    remedy: 'GET /api/v1/admin/privacy/retention says which; the log says why the task does not delete it.',
    check: inside((see) => {
      const { rules, overdueRows } = see('retention');
      return holds(
        rules > 0 && overdueRows === 0,
        `${String(rules)} rules, ${String(overdueRows)} rows overdue`,
      );
    }),
  },
  'privacy/redaction': {
    title: 'Personal data and keys are taken out of texts that are logged or sent to a model',
    remedy: 'Set LEADSENSE_PII_REDACTION=true.',
    check: inside((see) => {
      const { enabled, left } = see('redaction');
      if (!enabled) return fail('LEADSENSE_PII_REDACTION=false');
      return left.length === 0
        ? pass('a text with made-up ones came back without them')
        : fail(`left: ${left.join(', ')}`);
    }),
  },
  'privacy/consents': {
    title: 'Consents are rows that stay, each with the version and hash of what was agreed to',
    remedy: 'Run npm run db:migrate; revoke what somebody granted.',
    check: inside((see) => {
      const { powers, areVersioned } = see('consents');
      return holds(
        powers.length === 0 && areVersioned,
        `${powers.length === 0 ? 'they can be added and read' : `the service may ${powers.join(', ')}`}, ${areVersioned ? 'with' : 'without'} version and hash`,
      );
    }),
  },
  'uploads/size': {
    title: 'Uploads have a largest size',
    remedy: 'Set MAX_FILE_SIZE=10MB.',
    check: inside((see) => {
      const { enabled, maxFileBytes } = see('uploads');
      if (!enabled) return notApplicable('uploads are off');
      return holds(maxFileBytes > 0 && maxFileBytes <= mostFileBytes, `${String(maxFileBytes)} bytes`);
    }),
  },
  'uploads/types': {
    title: 'Only named types of files are taken, and none that runs or holds scripts',
    remedy: 'Set ALLOWED_FILE_TYPES to what people need.',
    check: inside((see) => {
      const { enabled, allowedTypes } = see('uploads');
      if (!enabled) return notApplicable('uploads are off');
      const active = allowedTypes.filter((type) => /html|svg|xml|script|executable|\*/i.test(type));
      return holds(allowedTypes.length > 0 && active.length === 0, allowedTypes.join(', '));
    }),
  },
  'uploads/quota': {
    title: 'Uploads of one person have a quota',
    remedy: 'Set UPLOAD_QUOTA_BYTES=1GB.',
    check: inside((see) => {
      const { enabled, quotaBytes } = see('uploads');
      if (!enabled) return notApplicable('uploads are off');
      return holds(quotaBytes > 0 && Number.isFinite(quotaBytes), `${String(quotaBytes)} bytes`);
    }),
  },
  'uploads/scanner': {
    title: 'Uploads are scanned for malware, and the scanner answers',
    remedy: 'Set CLAMAV_HOST, and look whether clamd runs there.',
    check: inside((see) => {
      if (!see('uploads').enabled) return notApplicable('uploads are off');
      const scanner = see('scanner');
      if (scanner === null && ['development', 'test'].includes(see('environment')))
        return notApplicable('a development instance without a scanner');
      if (scanner === null) return fail('CLAMAV_HOST is not set');
      return holds(scanner.isUp, scanner.isUp ? 'clamd answers' : 'clamd does not answer');
    }),
  },
  'uploads/storage': {
    title: 'Files are kept in object storage, which takes them',
    remedy: 'Set SUPABASE_URL and its keys; look at GET /health/ready.',
    check: deployed((see) => {
      const { kind, isUp } = see('objectStorage');
      return holds(kind === 'supabase' && isUp, `${kind}, ${isUp ? 'takes objects' : 'takes none'}`);
    }),
  },
} as const satisfies Record<string, Control>;
