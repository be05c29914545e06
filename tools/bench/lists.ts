// Benchmark of lists and sums over HTTP, of a database with a thousand and with a million rows of each kind, of which one person has a third:
// the medians, as a ratio of one run. What is read by page or from sums stays as quick. Generations have their own (generations.ts).
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { median, say } from './support/figures.ts';
import { urlsOf } from './support/embedded-database.ts';
import { ask, register, startService, type Service } from './support/service.ts';
import { signedFor } from './support/tokens.ts';

const [few, many] = [1000, 1_000_000];
const rounds = 80;
/** Of a million at most so many times the median of a thousand, and so many milliseconds more, which a timer and a socket vary by. */
const allowed = { times: 1.5, floorMs: 1.5, boundedMs: 25 };

interface People {
  /** Has a third of everything. */
  readonly ada: string;
  readonly admin: string;
}
interface Subject extends People {
  readonly endpoint: string;
  readonly conversation: string;
}
/** `isBounded`: what does not match is read through, up to a bound: milliseconds, however many there are. */
type Reading = readonly [who: keyof People, path: string, isBounded?: true];

const pathsOf = ({ ada, endpoint, conversation }: Subject): readonly Reading[] => [
  ['ada', '/credits/transactions?limit=50'],
  ['ada', '/credits/stats'],
  ['ada', '/credits/balance'],
  ['ada', '/generations/stats'],
  ['ada', '/storage/files?limit=50'],
  ['ada', '/storage/files?limit=50&kind=result'],
  ['ada', '/storage/stats'],
  ['ada', '/conversations?limit=50'],
  ['ada', '/conversations?limit=50&q=lighthouse'],
  ['ada', `/conversations/${conversation}?limit=50`],
  ['ada', `/webhook-endpoints/${endpoint}/deliveries?limit=50`],
  ['ada', '/usage'],
  ['admin', '/admin/users?limit=50'],
  ['admin', '/admin/users?limit=50&role=admin'],
  ['admin', `/admin/users/${ada}`],
  ['admin', '/admin/security/events?limit=50'],
  ['admin', `/admin/security/events?limit=50&user_id=${ada}`],
  ['admin', '/admin/security/events?limit=50&event=authn_login_fail'],
  // Of which there are none, though there are many of either.
  ['admin', `/admin/security/events?limit=50&user_id=${ada}&event=authz_fail`, true],
  ['admin', '/admin/security/events?limit=50&source_ip=192.0.2.7&event=authn_login_fail&level=HIGH', true],
  ['admin', '/admin/users?limit=50&email=nobody'],
  ['ada', '/conversations?limit=50&q=unheard'],
  ['admin', '/admin/security/blocks?limit=50'],
  ['admin', '/admin/usage'],
];

/** Rows `from` up to `to` of each kind; every third is hers. Sums that triggers keep are made at once. */
async function fill(
  admin: pg.Client,
  { ada, endpoint, conversation }: Subject,
  from: number,
  to: number,
): Promise<void> {
  const whose = `case when n % 3 = 0 then '${ada}'::uuid else gen_random_uuid() end`;
  const series = (share: number): string => `generate_series(${from / share}, ${to / share - 1}) n`;
  // Triggers and foreign keys are of each row, and not what is measured.
  await admin.query('set session_replication_role = replica');
  for (const statement of [
    `insert into velro.users (id, email, credits_balance)
       select gen_random_uuid(), n || '-bench@example.com', 10 from ${series(10)}`,
    `insert into velro.credit_entries (user_id, kind, balance_change, reserved_change, reason)
       select ${whose}, 'grant', 1, 0, 'bench' from ${series(1)}`,
    `insert into velro.files (id, user_id, kind, object_key, content_type, width, height, bytes, sha256)
       select uuidv7(), ${whose}, case when n % 300 = 0 then 'reference' else 'upload' end, 'uploads/bench-' || n, 'image/png', 10, 10, 10,
         sha256(n::text::bytea) from ${series(1)}`,
    `insert into velro.conversations (user_id, person_id, id, title) select o, o, 'c' || n, 'about ' || n from (select n, ${whose} as o from ${series(10)}) made`,
    `insert into velro.chat_messages (user_id, conversation_id, number, id, role, text)
       select '${ada}', '${conversation}', n + 1, 'm' || n, 'user', case when n % 500 = 7 then 'a lighthouse' else 'the sea ' || n end from ${series(3)}`,
    `insert into velro.webhook_deliveries (id, endpoint_id, event_type, body, state, settled_at)
       select uuidv7(), case when n % 3 = 0 then '${endpoint}'::uuid else gen_random_uuid() end, 'generation.completed', '{}', 'delivered', now()
       from ${series(1)}`,
    `insert into velro.security_events (id, at, event, level, text, source_ip, user_id, response)
       select uuidv7(), now(), case when n % 200 = 5 then 'authn_login_fail' when n % 3 = 1 then 'authz_fail' else 'input_validation_fail' end, 'LOW', 'BENCH', '192.0.2.' || n % 250,
         ${whose}, 'none' from ${series(1)}`,
    `insert into velro.ledger_sums as s select user_id, kind, (created_at at time zone 'UTC')::date, sum(balance_change), sum(reserved_change)
       from velro.credit_entries where user_id = '${ada}' group by 1, 2, 3
       on conflict (user_id, kind, day) do update set balance_change = excluded.balance_change`,
    `insert into velro.file_sums as s select user_id, kind, count(*), sum(bytes) from velro.files where user_id = '${ada}' group by 1, 2
       on conflict (user_id, kind) do update set count = excluded.count, bytes = excluded.bytes`,
  ])
    await admin.query(statement);
  await admin.query('reset session_replication_role');
  // Autovacuum would do this later.
  await admin.query('vacuum (analyze)');
}

async function make(
  service: Service,
  admin: pg.Client,
): Promise<{ readonly subject: Subject; readonly tokens: People }> {
  const subject = { ada: randomUUID(), admin: randomUUID(), endpoint: randomUUID(), conversation: 'long' };
  await admin.query(
    `insert into velro.users (id, email, role) values ($1, 'ada@example.com', 'user'), ($2, 'admin@example.com', 'super_admin')`,
    [subject.ada, subject.admin],
  );
  await admin.query(
    "insert into velro.conversations (user_id, person_id, id, title) values ($1, $1, $2, 'long')",
    [subject.ada, subject.conversation],
  );
  await admin.query(
    `insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
     values ($1, $2, 'https://hooks.example.com/', '{generation.completed}', '')`,
    [subject.endpoint, subject.ada],
  );
  const pattern = await register(service);
  const [ada = ''] = signedFor(service, pattern, [subject.ada]);
  const [one = ''] = signedFor(service, pattern, [subject.admin], { role: 'super_admin' });
  return { subject, tokens: { ada, admin: one } };
}

/** Medians in milliseconds, every path once in each round; ten rounds before them are not counted. */
async function measure(
  service: Service,
  subject: Subject,
  tokens: People,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>();
  for (let round = -10; round < rounds; round++)
    for (const [who, path] of pathsOf(subject)) {
      const { status, ms, json } = await ask(service.url, {
        path: `/api/v1${path}`,
        token: tokens[who],
        at: round + 20,
      });
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(json)}`);
      const measured = times.get(path) ?? [];
      if (round >= 0) measured.push(ms);
      times.set(path, measured);
    }
  return new Map([...times].map(([path, measured]) => [path, median(measured)]));
}

const service = await startService({
  RATE_LIMIT_API_STANDARD: '1000000/minute',
  RATE_LIMIT_ADMIN: '1000000/minute',
  ALLOW_LOOSER_LIMITS: 'true',
});
const admin = new pg.Client({ connectionString: urlsOf(service.home).superuser });
try {
  await admin.connect();
  const { subject, tokens } = await make(service, admin);
  await fill(admin, subject, 0, few);
  const small = await measure(service, subject, tokens);
  await fill(admin, subject, few, many);
  const large = await measure(service, subject, tokens);
  for (const [, path, isBounded] of pathsOf(subject)) {
    const [before = 0, ms = Infinity] = [small.get(path), large.get(path)];
    const isFlat = ms <= before * allowed.times + (isBounded === true ? allowed.boundedMs : allowed.floorMs);
    if (!isFlat) process.exitCode = 1;
    const title = path.replace(subject.ada, 'ada').replace(subject.endpoint, 'endpoint');
    say(
      `${isFlat ? 'ok  ' : 'MISS'} ${title.padEnd(62)} ${before.toFixed(2)} ms of a thousand, ${ms.toFixed(2)} ms of a million`,
    );
  }
} finally {
  await admin.end();
  await service.stop();
}
