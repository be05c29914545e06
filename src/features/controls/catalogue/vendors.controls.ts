import { word, type Control } from './control.js';

const [month, quarter, year] = [32, 93, 366];

const ofVendor = 'it is a setting of an account at the vendor, whose credentials the service must not have';
const ofPeople = 'it is done by people, away from the service';

/** Settings and agreements with those that run parts of it. */
export const vendorsControls = {
  'vendor/google-budget-alerts': word(
    'Google Cloud has budget alerts at $5 a day and $50 a month, with mails',
    'Google Cloud console, Billing, Budgets and alerts.',
    year,
    ofVendor,
  ),
  'vendor/google-quotas': word(
    'Google Cloud has quotas for calls of the model',
    'Google Cloud console, APIs and services, Quotas.',
    year,
    ofVendor,
  ),
  'vendor/google-billing-export': word(
    'Google Cloud has detailed billing reports',
    'Google Cloud console, Billing, Billing export.',
    year,
    ofVendor,
  ),
  'vendor/old-key-revoked': word(
    'The old key was revoked at its provider after the last rotation',
    'Revoke it in the console of the provider.',
    month,
    'a key that is no longer configured is no longer known to the service',
  ),
  'vendor/managed-database': word(
    'The database is a managed service',
    'Use Supabase, or another provider that patches and watches the server.',
    year,
    'a server looks the same whoever runs it',
  ),
  'vendor/point-in-time-recovery': word(
    'Point-in-time recovery is on',
    'Supabase dashboard, Database, Backups.',
    quarter,
    ofVendor,
  ),
  'vendor/private-network': word(
    'Database and Redis are reached over a private network, and from nowhere else',
    'Railway private networking; Supabase network restrictions.',
    quarter,
    'from inside every network looks reachable; whether others reach it, the service cannot see',
  ),
  'vendor/firewall': word(
    'A firewall lets the ports of the proxy through alone',
    'The settings of the platform or of the host.',
    quarter,
    'a closed port from here may be open from elsewhere',
  ),
  'vendor/edge': word(
    'Something before the service takes floods of traffic, and limits requests',
    'Cloudflare, or the protection of the platform.',
    year,
    'to see it work, one would have to attack it',
  ),
  'vendor/static-assets': word(
    'Pages and pictures of the frontend come from a CDN',
    'The hosting of the frontend.',
    year,
    'the service serves no frontend: it cannot see where browsers get it from',
  ),
  'vendor/proxy': word(
    'A reverse proxy ends TLS and speaks to the service alone',
    'Railway does; elsewhere the configuration of the proxy.',
    year,
    'seen from inside, every proxy is a peer',
  ),
  'vendor/platform': word(
    'The platform that runs the service is certified for what you need of it',
    'Read the reports of the platform (SOC 2, ISO 27001).',
    year,
    ofPeople,
  ),
  'vendor/secrets-manager': word(
    'Secrets come from a secrets manager',
    'Let the platform inject them, or mount them as files (NAME_FILE).',
    quarter,
    'a variable looks the same wherever it came from',
  ),
  'vendor/support': word(
    'It is written down whom to call at every vendor',
    'Keep names and numbers where they are found without the service.',
    quarter,
    ofPeople,
  ),
  'vendor/agreements': word(
    'Agreements about data (DPA, and BAA where health data is handled) are signed with every processor',
    'docs/processing-record.md lists the recipients.',
    year,
    ofPeople,
  ),
  'vendor/uptime': word(
    'A monitor elsewhere asks /health every minute and tells somebody',
    'UptimeRobot, Pingdom or the like.',
    quarter,
    'whether the asker of /health is a monitor, its requests do not say',
  ),
  'vendor/dashboards': word(
    'Dashboards show the metrics of the service',
    'Load deploy/grafana into a Grafana on the Prometheus that reads /metrics.',
    quarter,
    'the service is read by Prometheus, and does not see who looks at the figures',
  ),
} as const satisfies Record<string, Control>;
