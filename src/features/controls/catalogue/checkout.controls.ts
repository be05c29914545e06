import { checkout, fail, holds, type Control } from './control.js';

/** An alert rule for Prometheus that must be there. */
const alert = (title: string, name: string): Control => ({
  title,
  remedy: 'Load deploy/prometheus/alerts.yml into Prometheus.',
  check: checkout((see) =>
    holds(see('alertRules').includes(name), see('alertRules').includes(name) ? name : `no rule ${name}`),
  ),
});

/** A document that must have a heading. */
const documented = (title: string, file: string, heading: RegExp): Control => ({
  title,
  remedy: `Write it into ${file}.`,
  check: checkout((see) => {
    const headings = see('documents')[file];
    if (headings === undefined) return fail(`${file} is missing`);
    const found = headings.find((one) => heading.test(one));
    return found === undefined ? fail(`${file} has no such heading`) : holds(true, `${file}: ${found}`);
  }),
});

const safe: Readonly<Record<string, string>> = {
  DEBUG: 'false',
  DEVELOPMENT_MODE: 'false',
  EMERGENCY_AUTH_MODE: 'false',
  ENABLE_MOCK_AUTHENTICATION: 'false',
  ENABLE_DEBUG_ENDPOINTS: 'false',
  VERBOSE_ERROR_MESSAGES: 'false',
};
const placeholders: Readonly<Record<string, string>> = {
  '.env.production.hardened': 'REPLACE_WITH_PRODUCTION_SECRET',
  '.env.staging.secure': 'REPLACE_WITH_96_CHAR_SECRET',
  '.env.development.secure': 'REPLACE_WITH_64_CHAR_SECRET',
};

/** A template is there, takes its secret where the guide puts it, and names its environment; `values` it sets. */
const template = (file: string, environment: string, values: Readonly<Record<string, string>>): Control => ({
  title: `${file} is there, names ${environment} and takes a fresh JWT_SECRET`,
  remedy: `Restore ${file} from the repository.`,
  check: checkout((see) => {
    const found = see('templates').find((one) => one.file === file);
    if (found === undefined) return fail(`${file} is missing`);
    const wanted = { ...values, ENVIRONMENT: environment, JWT_SECRET: placeholders[file] ?? '' };
    const other = Object.entries(wanted).filter(([name, value]) => found.values[name] !== value);
    return holds(
      other.length === 0,
      other.length === 0
        ? Object.keys(wanted).join(', ')
        : `other than wanted: ${other.map(([name]) => name).join(', ')}`,
    );
  }),
});

const dashboards: readonly string[] = [
  'velro-security',
  'velro-traffic',
  'velro-generations',
  'velro-ai',
  'velro-custody',
];

const incidents: readonly string[] = [
  'A key is compromised',
  'Limits are exceeded',
  'The system may be compromised',
  'Personal data was breached',
];

export const checkoutControls = {
  'repository/env-ignored': {
    title: 'git ignores .env and .env.production',
    remedy: 'Let .gitignore have .env*.',
    check: checkout((see) => {
      const kept = Object.entries(see('ignored')).filter(([, isIgnored]) => !isIgnored);
      return holds(
        kept.length === 0,
        kept.map(([file]) => `${file} is not ignored`).join(', ') || 'both are ignored',
      );
    }),
  },
  'repository/env-not-committed': {
    title: 'No .env was committed beside the templates',
    remedy: 'git rm --cached the file, and rotate every secret that was in it.',
    check: checkout((see) => {
      const files = see('committedEnvironments');
      return holds(files.length === 0, files.length === 0 ? 'none' : files.join(', '));
    }),
  },
  'templates/production': template('.env.production.hardened', 'production', safe),
  'templates/staging': template('.env.staging.secure', 'staging', safe),
  'templates/development': template('.env.development.secure', 'development', {
    EMERGENCY_AUTH_MODE: 'false',
    ENABLE_MOCK_AUTHENTICATION: 'false',
  }),
  'deployment/validated': {
    title: 'Railway validates the configuration and migrates before a deploy',
    remedy: 'Let preDeployCommand in railway.json run security-validate.',
    check: checkout((see) => {
      const { preDeploy } = see('railway');
      return holds(
        preDeploy.includes('security-validate') && preDeploy.includes('migrate'),
        preDeploy || 'no command',
      );
    }),
  },
  'deployment/health-check': {
    title: 'A deploy takes traffic once /health answers',
    remedy: 'Let healthcheckPath in railway.json be /health.',
    check: checkout((see) =>
      holds(see('railway').healthcheckPath === '/health', see('railway').healthcheckPath),
    ),
  },
  'container/base-image': {
    title: 'The image is built on an official, slim base of a named version',
    remedy: 'Let the Dockerfile begin with FROM node:24-slim.',
    check: checkout((see) => {
      const { bases } = see('dockerfile');
      return holds(
        bases.length > 0 &&
          bases.every((base) => /^node:\d+(\.\d+)*-(slim|alpine)(@sha256:[0-9a-f]{64})?$/.test(base)),
        bases.join(', ') || 'no base',
      );
    }),
  },
  'container/image-user': {
    title: 'The image runs as a user that is not root',
    remedy: 'Let the Dockerfile have USER node behind its last FROM.',
    check: checkout((see) => {
      const user = see('dockerfile').users.at(-1) ?? 'root';
      return holds(user !== 'root' && user !== '0', `the user ${user}`);
    }),
  },
  'alerts/ai-errors': alert(
    'An alert fires when more than a tenth of the calls of models fail',
    'VelroAiErrors',
  ),
  'alerts/webhook-signatures': alert(
    'An alert fires on wrong signatures of webhooks',
    'VelroWebhookSignatures',
  ),
  'alerts/usage': alert('An alert fires on unusual use of models', 'VelroAiUsageSpike'),
  'alerts/health': alert('An alert fires when an instance is not healthy', 'VelroHealth'),
  'dashboards/files': {
    title: 'Dashboards for Grafana are there, of security, traffic, generations, assistants and custody',
    remedy: 'Restore deploy/grafana/dashboards from the repository.',
    check: checkout((see) => {
      const missing = dashboards.filter((uid) => !see('dashboards').includes(uid));
      return holds(
        missing.length === 0,
        missing.length === 0 ? dashboards.join(', ') : `without: ${missing.join(', ')}`,
      );
    }),
  },
  'documents/deployment': documented('The deployment is documented', 'docs/deployment.md', /^First deploy/),
  'documents/security-model': documented(
    'The security model is documented',
    'docs/security-model.md',
    /^Threats$/,
  ),
  'documents/operations': documented(
    'Operations are documented',
    'docs/operations-guide.md',
    /^Security events$/,
  ),
  'documents/recovery': documented('Recovery from a backup is documented', 'docs/backups.md', /restor/i),
  'documents/processing': documented(
    'What is done with personal data is documented',
    'docs/processing-record.md',
    /^Recipients$/,
  ),
  'documents/incidents': {
    title: 'What to do in an incident is documented, for each kind',
    remedy: 'Write it into docs/incidents.md.',
    check: checkout((see) => {
      const headings = see('documents')['docs/incidents.md'] ?? [];
      const missing = incidents.filter((kind) => !headings.includes(kind));
      return holds(
        missing.length === 0,
        missing.length === 0 ? 'docs/incidents.md' : `without: ${missing.join(', ')}`,
      );
    }),
  },
  'commands/audit': {
    title: 'The commands that the guides ask for are there',
    remedy: 'npm run lists them.',
    check: checkout((see) => {
      const wanted = [
        'security:validate',
        'security:audit',
        'audit:verify',
        'db:backup',
        'db:restore',
        'test:load',
        'unblock',
      ];
      const missing = wanted.filter((name) => !see('scripts').includes(name));
      return holds(
        missing.length === 0,
        missing.length === 0 ? wanted.join(', ') : `missing: ${missing.join(', ')}`,
      );
    }),
  },
} as const satisfies Record<string, Control>;
