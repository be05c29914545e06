// What docs/configuration.md says, from the declarations of the variables, their defaults, the templates and the table of refused boots.

const environments = ['production', 'staging', 'development'] as const;
export type Name = (typeof environments)[number];

/** Groups by the variable that each begins with, in the order of the declarations: so that none is in no group. */
const groups: readonly (readonly [first: string, title: string])[] = [
  ['ENVIRONMENT', 'Environment and modes'],
  ['PORT', 'Network'],
  ['JWT_SECRET', 'Keys of the service'],
  ['ADMIN_USER', 'Operators, administrators and accounts'],
  ['DATABASE_URL', 'Database, Redis and Supabase'],
  ['GENERATION_PROVIDER', 'Generations'],
  ['AI_ENABLED', 'Language models and budgets'],
  ['FACEBOOK_PAGE_ACCESS_TOKEN', 'Messenger'],
  ['ENABLE_FILE_UPLOAD', 'Uploads'],
  ['THREAT_RESPONSES', 'Limits and threats'],
  ['AUDIT_ENABLED', 'Audit, privacy and contacts'],
  ['LOG_LEVEL', 'Logs, metrics, alerts, backups and mail'],
];

/** A variable as config/environment/environment.ts declares it. */
interface Declared {
  readonly purpose: string;
  readonly secret: boolean;
  readonly form: string | null;
}

export interface ConfigurationParts {
  readonly variables: ReadonlyMap<string, Declared>;
  /** Secrets whose age is watched. */
  readonly watched: readonly string[];
  /** The value of each variable that is not set, by environment; null: it has none. */
  readonly defaults: Readonly<Record<Name, (variable: string) => unknown>>;
  /** The text of each template. */
  readonly templates: Readonly<Record<Name, string>>;
  readonly refusals: readonly {
    readonly title: string;
    readonly environment: string;
    readonly names: readonly string[];
  }[];
}

/** The page as Markdown that is not formatted yet. @throws Error when a group begins with a variable that is not declared */
export function configurationText(parts: ConfigurationParts): string {
  const { variables, refusals } = parts;
  const names = [...variables.keys()];
  const firsts = groups.map(([first]) => names.indexOf(first));
  if (firsts[0] !== 0 || firsts.some((at, index) => at <= (firsts[index - 1] ?? -1)))
    throw new Error('the groups of tools/docs/configuration-text.ts do not follow the declarations');
  const tables = groups.map(([, title], index) =>
    [
      `## ${title}`,
      '',
      '| variable | is | written as | default | in the template | age watched |',
      '| --- | --- | --- | --- | --- | --- |',
      ...names.slice(firsts[index], firsts[index + 1]).map((name) => rowOf(name, parts)),
      '',
    ].join('\n'),
  );
  const refused = names.filter((name) => refusals.some((refusal) => refusal.names.includes(name)));
  const others = new Set(refusals.flatMap((refusal) => refusal.names).filter((name) => !variables.has(name)));
  return [
    ...introduction(names.length),
    ...tables,
    '## What is refused',
    '',
    'Each of these stands in the table of `test/boot/refusals.ts`: a boot and `npm run security:validate` refuse it, name the variable, and show no',
    'value (`test/boot/refused-boots.spec.ts`). A row is an example of what its rule refuses, in the environments in which it was tried.',
    '',
    '| variable | refused |',
    '| --- | --- |',
    ...[...refused, ...others].map((name) => `| \`${name}\` | ${refusedOf(name, refusals)} |`),
    '',
  ].join('\n');
}

const introduction = (count: number): string[] => [
  '# Configuration',
  '',
  `The ${String(count)} variables of the environment. This page is generated from \`config/environment/environment.ts\`, the defaults beside it, the`,
  'templates `.env.production.hardened`, `.env.staging.secure` and `.env.development.secure`, and the table of refused boots; `npm run check`',
  'fails when it differs, and `npm run configuration` writes it. How `.env` and files of secrets are read: [deployment](deployment.md).',
  '',
  '- **secret**: never printed, and also read from the file that `<NAME>_FILE` names, which stands beside it here.',
  '- **default**: what an unset variable is. One value holds in every environment; where they differ, each has its own. Without one, it is',
  '  unset, made by development itself, or required, as "What is refused" says.',
  '- **in the template**: what a fresh copy sets. "empty" is for the operator to fill in or to leave; — is a comment.',
  '- **age watched**: `GET /ops/tokens` tells since when the present value is in use ([operations](operations-guide.md#keys-and-tokens)).',
  '',
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*');

function rowOf(name: string, parts: ConfigurationParts): string {
  const { purpose, secret, form } = parts.variables.get(name) ?? { purpose: '', secret: false, form: null };
  const shown = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
  const written = secret ? 'secret' : (form ?? '');
  const age = parts.watched.includes(name) ? 'yes' : '';
  const byDefault = byEnvironment((environment) => {
    const value = parts.defaults[environment](name);
    return value === null || value === undefined ? '' : `\`${defaultText(name, value)}\``;
  });
  const inTemplate = byEnvironment((environment) => templateValue(name, parts.templates[environment]));
  return `| ${shown} | ${cell(purpose)} | ${cell(written)} | ${byDefault} | ${inTemplate} | ${age} |`;
}

/** One text where all three agree; else each with its environments. */
function byEnvironment(textOf: (environment: Name) => string): string {
  const names = new Map<string, Name[]>();
  for (const environment of environments) {
    const text = textOf(environment);
    names.set(text, [...(names.get(text) ?? []), environment]);
  }
  if (names.size === 1) return cell([...names.keys()].join(''));
  return cell([...names].map(([text, which]) => `${text || 'unset'} (${which.join(', ')})`).join('; '));
}

/** A default as it would be written: setting it changes nothing. Dollars are kept as millionths. */
export function defaultText(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'number') return String(name.endsWith('_USD') ? value / 1e6 : value);
  if (isLimit(value)) return `${String(value.limit)}/${windows[value.windowSeconds] ?? '?'}`;
  if (typeof value === 'object' && value !== null && 'mode' in value) return String(value.mode);
  return String(value);
}

const windows: Readonly<Record<number, string>> = { 60: 'minute', 3600: 'hour' };

const isLimit = (value: unknown): value is { limit: number; windowSeconds: number } =>
  typeof value === 'object' && value !== null && 'windowSeconds' in value;

function templateValue(name: string, template: string): string {
  const line = new RegExp(`^(# )?${name}=(.*)$`, 'm').exec(template);
  if (line === null || line[1] !== undefined) return '—';
  const value = line[2] ?? '';
  return value === '' ? 'empty' : `\`${value.replaceAll(',', ', ')}\``;
}

function refusedOf(name: string, refusals: ConfigurationParts['refusals']): string {
  const where = new Map<string, string[]>();
  for (const { title, environment, names } of refusals)
    if (names.includes(name))
      where.set(title, [...(where.get(title) ?? []), environment === '' ? 'unnamed' : environment]);
  return [...where].map(([title, which]) => `${cell(title)} (${which.join(', ')})`).join('; ');
}
