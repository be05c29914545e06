import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { scopes } from '../../../config/policy/accounts/scopes.js';
import { operatorOf } from '../accounts/operator.js';
import { superuserUrl } from '../database/database.js';
import { password, Service, signUp, type Account } from '../process/service.js';
import { signingSecret, withClaims } from '../tokens/forged-tokens.js';
import type { Operation } from './operations.js';
import type { Samples } from './requests.js';

/** Whoever may call: the roles of tokens, keys with and without the scope, the operator, the collector of metrics, nobody. */
export const actors = [
  'anonymous',
  'user',
  'viewer',
  'admin',
  'super_admin',
  'enrolling',
  'key',
  'key of another scope',
  'operator',
  'metrics',
] as const;
export type Actor = (typeof actors)[number];

/** Who is admitted to an operation, whatever else it demands. */
export function fitFor({ security }: Operation): Actor {
  const [first] = security;
  if (first === undefined) return 'anonymous';
  if ('operator' in first) return 'operator';
  return 'apiKey' in first ? 'key' : 'super_admin';
}

/** One caller with a world of its own, and the headers by which it calls. */
export interface Caller {
  readonly headers: () => Record<string, string>;
  readonly samples: Samples;
}

const metricsToken = randomBytes(32).toString('hex');

/** Limits would be most of what a fuzz sees; they have tests of their own, and so have the responses to threats. */
const env = {
  ALLOW_LOOSER_LIMITS: 'true',
  THREAT_RESPONSES: 'observe',
  METRICS_TOKEN: metricsToken,
  ADMIN_RATE_LIMIT_REQUESTS: '1000000',
  CHAT_RATE_LIMIT: '1000000',
  ...Object.fromEntries(
    [
      'AUTH_LOGIN',
      'AUTH_REGISTER',
      'PASSWORD_RESET',
      'AUTH_REFRESH',
      'GENERATION_CREATE',
      'API_STANDARD',
      'UPLOAD',
    ].map((rule) => [`RATE_LIMIT_${rule}`, '1000000/minute']),
  ),
};

/** Tables that a refused request may change: the record of what was refused, and of when something was last used. */
const records = [
  'security_events',
  'security_alerts',
  'counter_hits',
  'threat_scores',
  'account_guesses',
  'mfa_attempts',
  'sweeps',
  // Of the service itself, by the hour.
  'key_alarms',
  'key_fingerprints',
  'page_watch',
];

/** Tables with a time of last use, which a refused request may set: their other columns are compared. */
const withTimesOfUse = ['velro.api_keys', 'velro.sessions', 'velro.refresh_tokens'];
const ofValues =
  "select count(*) || ' ' || coalesce(md5(string_agg((to_jsonb(t) - '{last_used_at,access_used_at}'::text[])::text, '' order by (to_jsonb(t) - '{last_used_at,access_used_at}'::text[])::text)), '')";
/** Each insertion, deletion and change of a row shows: a changed row is of a later transaction. */
const ofVersions = "select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0)";

/** The role that an account has; what its token says is the name of the caller. */
const roleOf: Partial<Record<Actor, string>> = {
  viewer: 'viewer',
  admin: 'admin',
  super_admin: 'super_admin',
  enrolling: 'admin',
};

/** Ids of what an account has, and the text of its key. */
interface World {
  readonly user: string;
  readonly victim: string;
  readonly project: string;
  readonly done: string;
  readonly failed: string;
  readonly file: string;
  readonly session: string;
  readonly key: string;
  readonly block: string;
  readonly endpoint: string;
  readonly serviceEndpoint: string;
  readonly upload: string;
  readonly keyText: string;
}

/** Nothing is sent to the endpoint: it is paused. Parameters in the order of `World`, then role, hash, prefix and scopes. One statement, because there are thousands. */
const worldSql = `
  with users as (insert into velro.users (id, email, role, credits_balance, held_bytes)
    values ($1::uuid, $1::text || '@example.com', $13, 2, 1000), ($2::uuid, $2::text || '@example.com', 'user', 2, 0)),
  projects as (insert into velro.projects (id, user_id, name) values ($3, $1::uuid, 'a project')),
  generations as (insert into velro.generations
    (id, user_id, model_id, prompt, credits_cost, status, progress, error_code, finished_at)
    values ($4, $1::uuid, 'velro/canvas', 'fog', 1, 'completed', 100, null, now()),
      ($5, $1::uuid, 'velro/canvas', 'fog', 1, 'failed', 0, 'provider_failed', now())),
  files as (insert into velro.files (id, user_id, kind, object_key, content_type, bytes, sha256)
    values ($6::uuid, $1::uuid, 'upload', 'uploads/' || $6::text || '.png', 'image/png', 1, $14)),
  sessions as (insert into velro.sessions (id, user_id, auth_time, device, address, expires_at)
    values ($7, $1::uuid, now(), 'a device', '192.0.2.1', now() + interval '1 day')),
  blocks as (insert into velro.blocks (id, address, attack, expires_at)
    values ($9::uuid, '2001:db8:' || left($9::text, 4) || ':' || substr($9::text, 5, 4) || '::/64', 'manual', now() + interval '1 hour')),
  endpoints as (insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed, paused_until)
    values ($10, $1::uuid, 'https://hooks.example.com/', '{generation.completed}', $14, 'infinity'),
      ($11, null, 'https://hooks.example.com/', '{budget.reached}', $14, 'infinity')),
  uploads as (insert into velro.uploads (id, user_id, file_name, content_type, bytes, held, expires_at)
    values ($12, $1::uuid, 'a.txt', 'text/plain', 1000, 1000, now() + interval '1 day'))
  insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
    values ($8, $1::uuid, 'a key', $14, $15, $16, now() + interval '1 day')`;

/** What the id of a path is of. */
const nouns: readonly (readonly [string, (world: World) => readonly string[]])[] = [
  ['/admin/users/', ({ victim }) => [victim]],
  ['/blocks/', ({ block }) => [block]],
  ['/generations/', ({ done, failed }) => [done, failed]],
  ['/projects/', ({ project }) => [project]],
  ['/files/', ({ file }) => [file]],
  ['/storage/uploads/', ({ upload }) => [upload]],
  ['/auth/sessions/', ({ session }) => [session]],
  ['/api-keys/', ({ key }) => [key]],
  ['/admin/webhook-endpoints/', ({ serviceEndpoint }) => [serviceEndpoint]],
  ['/webhook-endpoints/', ({ endpoint }) => [endpoint]],
  ['/models/', () => ['velro/canvas']],
];

const idsFor = ({ path }: Operation, world: World): readonly string[] =>
  nouns.find(([part]) => path.includes(part))?.[1](world) ?? [];

/** A service with little else going on, and callers of every kind. */
export class FuzzStage {
  private readonly secret: string;
  private readonly operator: Record<string, string>;

  private constructor(
    readonly service: Service,
    private readonly client: pg.Client,
    private readonly person: Account,
  ) {
    this.secret = signingSecret(service.home);
    this.operator = operatorOf(service);
  }

  static async start(more: Readonly<Record<string, string>> = {}): Promise<FuzzStage> {
    const service = await Service.start({ ...env, ...more });
    const client = new pg.Client({ connectionString: superuserUrl(service.home) });
    await client.connect();
    return new FuzzStage(service, client, await signUp(service));
  }

  async stop(): Promise<void> {
    await this.client.end();
    await this.service.discard();
  }

  /** Somebody new, who has one of everything. */
  async caller(actor: Actor, operation: Operation): Promise<Caller> {
    const named = operation.security.flatMap((one) => one['apiKey'] ?? []);
    const others = scopes.filter((scope) => !named.includes(scope));
    const ids = await this.account(roleOf[actor] ?? 'user', actor === 'key' ? scopes : others);
    const samples = { ids: idsFor(operation, ids), fields: this.fields };
    return { headers: () => this.headersOf(actor, ids), samples };
  }

  /** What a caller of one request after another sends: tokens are of a session of their own each time. */
  private headersOf(actor: Actor, { user, keyText }: World): Record<string, string> {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    if (actor === 'anonymous') return {};
    if (actor === 'operator') return this.operator;
    if (actor === 'metrics') return bearer(metricsToken);
    if (actor === 'key' || actor === 'key of another scope') return bearer(keyText);
    const authTime = Math.floor(Date.now() / 1000);
    const claims = { sub: user, role: actor, ver: 1, sid: randomUUID(), auth_time: authTime };
    return bearer(withClaims(this.secret, this.person.token, claims));
  }

  private async account(role: string, of: readonly string[]): Promise<World> {
    const id = randomUUID;
    const keyText = `velro_${randomBytes(32).toString('base64url')}`;
    const world = {
      user: id(),
      victim: id(),
      project: id(),
      done: id(),
      failed: id(),
      file: id(),
      session: id(),
      key: id(),
      block: id(),
      endpoint: id(),
      serviceEndpoint: id(),
      upload: id(),
    };
    const hash = createHash('sha256').update(keyText).digest();
    await this.client.query(worldSql, [...Object.values(world), role, hash, keyText.slice(0, 14), of]);
    return { ...world, keyText };
  }

  /** Undoes what an allowed request may have switched off for all others. */
  async restore(): Promise<void> {
    await this.client.query('update velro.ai_switch set enabled = true where not enabled');
  }

  /** Values that a schema cannot name: what is known here, or has a form that no keyword says. */
  private get fields(): Samples['fields'] {
    const address = fc.constantFrom('192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7');
    return {
      email: fc.constantFrom(this.person.email),
      url: fc.constantFrom('https://hooks.example.com/velro'),
      password: fc.constantFrom(password),
      current_password: fc.constantFrom(password),
      refresh_token: fc.constantFrom(this.person.refreshToken),
      model_id: fc.constantFrom('velro/canvas'),
      prompt: fc.constantFrom('fog over a lake'),
      negative_prompt: fc.constantFrom('people'),
      parameters: fc.constantFrom({ width: 256, height: 256 }),
      'Upload-Offset': fc.constantFrom('0'),
      'Upload-Length': fc.constantFrom('1', '1000'),
      'Upload-Metadata': fc.constantFrom('filename YS50eHQ=,filetype dGV4dC9wbGFpbg=='),
      source_ip: address,
      address,
      addresses: fc.array(fc.oneof(address, fc.constantFrom('192.0.2.0/24', '2001:db8::/32')), {
        maxLength: 3,
      }),
    };
  }

  /** What every table of ours but records holds: the same before and after requests that changed nothing. */
  async digest(): Promise<Record<string, string>> {
    const { rows: tables } = await this.client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('velro', 'auth') and not tablename = any($1) order by 1",
      [records],
    );
    const { rows } = await this.client.query<{ name: string; digest: string }>(
      tables
        .map(
          ({ name }) =>
            `select '${name}' as name, (${withTimesOfUse.includes(name) ? ofValues : ofVersions} from ${name} t) as digest`,
        )
        .join(' union all '),
    );
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
  }
}
