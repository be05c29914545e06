import type { Variable } from '../../../config/environment/environment.js';

/** Where a key is made and revoked, and whom to call. Pages of the vendors, no numbers of telephones: those change, and are found there. */
interface Vendor {
  readonly name: string;
  readonly keys: string;
  readonly support: string;
}

const supabase: Vendor = {
  name: 'Supabase',
  keys: 'https://supabase.com/dashboard/project/_/settings/api-keys',
  support: 'https://supabase.com/dashboard/support/new',
};
const meta: Vendor = {
  name: 'Meta',
  keys: 'https://developers.facebook.com/apps (the app, App settings, Basic; page tokens under Messenger)',
  support: 'https://developers.facebook.com/support/',
};
const ownSystems = (name: string): Vendor => ({
  name,
  keys: 'where that server is administered',
  support: 'whoever runs it',
});

/** By the variable that holds the vendor's key. */
const vendors: Readonly<Partial<Record<Variable, Vendor>>> = {
  SUPABASE_PUBLISHABLE_KEY: supabase,
  SUPABASE_SECRET_KEY: supabase,
  SUPABASE_ANON_KEY: supabase,
  SUPABASE_SERVICE_ROLE_KEY: supabase,
  DATABASE_URL: {
    name: 'the database (Supabase)',
    keys: 'alter role … password, as its owner; the owner’s (DATABASE_MIGRATION_URL, which the service may not have) at https://supabase.com/dashboard/project/_/database/settings',
    support: supabase.support,
  },
  DATABASE_MIGRATION_URL: {
    name: 'the database (Supabase), its owner',
    keys: 'https://supabase.com/dashboard/project/_/database/settings',
    support: supabase.support,
  },
  FAL_KEY: { name: 'fal.ai', keys: 'https://fal.ai/dashboard/keys', support: 'https://fal.ai/support' },
  GEMINI_API_KEY: {
    name: 'Google',
    keys: 'https://aistudio.google.com/apikey',
    support: 'https://cloud.google.com/support-hub',
  },
  OPENAI_API_KEY: {
    name: 'OpenAI',
    keys: 'https://platform.openai.com/api-keys',
    support: 'https://help.openai.com',
  },
  FACEBOOK_PAGE_ACCESS_TOKEN: meta,
  FACEBOOK_APP_SECRET: meta,
  REDIS_URL: ownSystems('Redis'),
  SMTP_URL: ownSystems('the mail server'),
  SIEM_URL: ownSystems('the SIEM'),
  SECURITY_ALERT_WEBHOOK_URL: ownSystems('the receiver of alerts'),
  HEALTH_PING_URL: ownSystems('the monitor that is pinged'),
  OTEL_EXPORTER_OTLP_HEADERS: ownSystems('the collector of traces'),
  BACKUP_TARGET: ownSystems('the bucket of the backups'),
};

/** Of the platform, which holds every variable. */
const platform: Vendor = {
  name: 'Railway',
  keys: 'https://railway.com/dashboard (the project, Variables; tokens under https://railway.com/account/tokens)',
  support: 'https://docs.railway.com/reference/support',
};

/** Whether the value of a variable is made by somebody else. */
export const isOfVendor = (name: string): boolean => Object.hasOwn(vendors, name);

/** One line for each key of a vendor that is set. `names`: of the variables that are. */
export function vendorLines(names: readonly string[]): readonly string[] {
  const found = Object.entries(vendors).filter(([name]) => names.includes(name));
  return [...found, ['every variable', platform] as const].map(
    ([variable, { name, keys, support }]) =>
      `${variable}: ${name}. New one and revocation: ${keys}. Support: ${support}`,
  );
}
