import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { codeAt, now, steadyMoment, administrator, type Administrator } from '../accounts/authenticator.js';
import { ask } from '../database/database.js';
import { Customer } from '../fal/fal-service.js';
import type { Answer } from '../http/http.js';
import { insist } from '../http/insist.js';
import { WebhookReceiver } from '../http/webhook-receiver.js';
import { password, Service, signUp, type Account } from '../process/service.js';
import { until } from '../process/wait-until.js';
import { uploadBy } from '../storage/upload.js';

const gatewaySecret = randomBytes(32).toString('hex');

/** What lets one person do everything in a minute. */
export const everything: Readonly<Record<string, string>> = {
  ALLOW_LOOSER_LIMITS: 'true',
  ENABLE_FILE_UPLOAD: 'true',
  RATE_LIMIT_API_STANDARD: '100000/minute',
  RATE_LIMIT_GENERATION_CREATE: '1000/hour',
  RATE_LIMIT_AUTH_REGISTER: '1000/hour',
  CHAT_RATE_LIMIT: '1000/minute',
  WEBHOOK_GATEWAY_ALLOWLIST: '127.0.0.0/8',
  WEBHOOK_GATEWAY_SECRET: gatewaySecret,
};

export interface FullPerson extends Account {
  /** A word that stands in every text of theirs, and nowhere else. */
  readonly canary: string;
  readonly key: string;
  readonly generation: string;
  readonly conversation: string;
  readonly project: string;
  readonly upload: string;
  readonly receiver: WebhookReceiver;
  readonly admin: Administrator;
  /** Whatever names them: no row of the database may have any of these afterwards. */
  readonly traces: readonly string[];
}

const must = (what: string, { status, json, text }: Answer): Answer['json'] => {
  if (status >= 300) throw new Error(`${what} answered ${status}: ${text}`);
  return json;
};

/** Somebody who did everything that leaves a row, by routes. */
export async function fullPerson(service: Service): Promise<FullPerson> {
  const receiver = await WebhookReceiver.start();
  const admin = await administrator(service, 'super_admin');
  const account = await signUp(service);
  const canary = `canary${randomUUID().replaceAll('-', '')}`;
  const { visitor, email } = account;
  let token = account.token;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    bearer = token,
  ): Promise<Answer['json']> =>
    must(
      `${method} ${path}`,
      await insist(() =>
        visitor.call(`/api/v1${path}`, { method, token: bearer, ...(body === undefined ? {} : { body }) }),
      ),
    );
  await call('PUT', '/auth/profile', { full_name: `Ada ${canary}` });
  await call('PUT', '/privacy/consents', {
    consents: [{ purpose: 'external_ai', given: true, version: '2026-11-28' }],
  });
  await call('PUT', '/privacy/do-not-sell', { do_not_sell: true });
  const project = (await call('POST', '/projects', { name: `P ${canary}`, description: canary }))
    .id as string;
  await call('POST', '/webhook-endpoints', {
    url: receiver.at(`/${canary}`),
    description: canary,
    event_types: ['generation.completed', 'conversation.answered'],
  });
  // Of the operator, who is told whose it was.
  const ofOperator = await admin.visitor.call('/api/v1/admin/webhook-endpoints', {
    token: admin.token,
    body: { url: receiver.at('/operator'), event_types: ['generation.completed'] },
  });
  must('the endpoint of the operator', ofOperator);
  const customer = new Customer(account);
  const size = { width: 256, height: 256 };
  const generation = await customer.created({
    model_id: 'velro/canvas',
    prompt: `a lighthouse ${canary}`,
    parameters: size,
    project_id: project,
  });
  await customer.ended(generation);
  must(
    'a repeated order',
    await customer.create(
      { model_id: 'velro/canvas', prompt: canary, parameters: size },
      { 'idempotency-key': canary },
    ),
  );
  const upload = must(
    'an upload',
    await uploadBy(account, {
      name: `${canary}.txt`,
      type: 'text/plain',
      bytes: Buffer.from(`notes of ${canary}\n`),
    }),
  );
  must(
    'a resumable upload',
    await visitor.call('/api/v1/storage/uploads', {
      method: 'POST',
      token,
      raw: Buffer.alloc(0),
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '1000',
        'upload-metadata': `filename ${Buffer.from(`${canary}-2.txt`).toString('base64')},filetype ${Buffer.from('text/plain').toString('base64')}`,
      },
    }),
  );
  const key = (
    await call('POST', '/api-keys', {
      name: `K ${canary}`,
      scopes: ['account:read', 'generations:write', 'generations:read', 'visitors', 'chat'].filter(
        (scope) => scope !== 'chat',
      ),
    })
  ).key as string;
  must(
    'an order by key',
    await visitor.call('/api/v1/generations', {
      token: key,
      body: { model_id: 'velro/canvas', prompt: canary, parameters: size },
    }),
  );
  const said = await call('POST', '/chat', { message: `What is ${canary}?` });
  const conversation = said.conversation_id as string;
  // Wrong passwords, sessions, a device, and a factor, which is taken off again last.
  await service.visitor().call('/api/v1/auth/login', { body: { email, password: `${canary}-wrong` } });
  must('a second sign-in', await service.visitor().call('/api/v1/auth/login', { body: { email, password } }));
  const message = JSON.stringify({
    id: randomUUID(),
    type: 'credits.granted',
    data: { user_id: account.id, credits: 50, reason: canary },
  });
  const at = String(Math.floor(Date.now() / 1000));
  must(
    'a signed message',
    await service.visitor().call('/api/v1/webhook/inbound', {
      method: 'POST',
      raw: message,
      headers: {
        'content-type': 'application/json',
        'x-agent-timestamp': at,
        'x-agent-signature': `sha256=${createHmac('sha256', gatewaySecret).update(`${at}.${message}`).digest('hex')}`,
      },
    }),
  );
  must(
    'an adjustment',
    await admin.visitor.call('/api/v1/admin/credits/adjust', {
      token: admin.token,
      body: { user_id: account.id, amount: 7, reason: canary },
    }),
  );
  const { secret } = await call('POST', '/auth/mfa/enroll', {});
  await steadyMoment();
  const activated = await call('POST', '/auth/mfa/activate', { code: codeAt(secret, now()) });
  const stepped = await call('POST', '/auth/step-up', { code: (activated.recovery_codes as string[])[0] });
  token = stepped.access_token as string;
  await call('POST', '/auth/email-change', { email: `${canary}@example.com` });
  await beyondRoutes(service, account.id, canary);
  const running = `select from velro.generations where user_id = $1 and status in ('queued', 'submitting', 'processing')`;
  await until(
    async () => (await ask(service.home, running, [account.id])).length === 0,
    'the ends of the generations',
  );
  return {
    ...account,
    token,
    canary,
    key,
    generation,
    conversation,
    project,
    upload: upload.id as string,
    receiver,
    admin,
    traces: [account.id, account.email, canary],
  };
}

/** What takes a site with visitors, a second administrator, a client of OpenAI or a month: rows as those leave them. */
async function beyondRoutes(service: Service, userId: string, canary: string): Promise<void> {
  const write = (statement: string, ...values: unknown[]) => ask(service.home, statement, values);
  const [agent, visitor] = [randomUUID(), randomUUID()];
  await write('insert into velro.usage_rises (user_id, day) values ($1, current_date)', userId);
  await write(
    `insert into velro.threat_scores (subject, hard, soft, recent, updated_at)
     select subject, '{0}', '{0}', '{}', now() from unnest($1::text[]) subject`,
    [`u ${userId}`, `p 192.0.2.1 ${userId}`],
  );
  await write(
    `insert into velro.blocks (id, address, user_id, attack, expires_at, made_by, lifted_by, lifted_at) values
      (gen_random_uuid(), '192.0.2.99', $1, 'sqli', now() + interval '1 hour', null, null, null),
      (gen_random_uuid(), '192.0.2.98', null, 'sqli', now() + interval '1 hour', $1, null, null),
      (gen_random_uuid(), '192.0.2.97', null, 'sqli', now() + interval '1 hour', null, $1, now())`,
    userId,
  );
  await write(
    `insert into velro.security_alerts (id, payload)
     values (gen_random_uuid(), json_build_object('type', 'security.alert', 'data', json_build_object('user_id', $1::text)))`,
    userId,
  );
  await write(
    `insert into velro.security_events (id, at, event, level, text, response, details)
     values (gen_random_uuid(), now(), 'authz_change', 'HIGH', 'ADMIN role changed', 'none', json_build_object('target_id', $1::text, 'from', 'user'))`,
    userId,
  );
  await write(
    `insert into velro.upload_parts (upload_id, position, bytes, object_key)
     select id, 0, 10, 'uploads/' || id || '/0.part' from velro.uploads where user_id = $1`,
    userId,
  );
  await write(
    `insert into velro.storage_removals (object_key, user_id) values ('uploads/' || gen_random_uuid() || '.txt', $1)`,
    userId,
  );
  await write(
    'insert into velro.visitors (id, key_id) select $2, id from velro.api_keys where user_id = $1 limit 1',
    userId,
    visitor,
  );
  await write(
    `insert into velro.conversations (user_id, visitor_id, id, title) values ($1, $1, 'of-a-visitor', $2)`,
    visitor,
    canary,
  );
  await write(
    `insert into velro.chat_messages (user_id, conversation_id, number, id, role, text) values ($1, 'of-a-visitor', 1, 'a', 'user', $2)`,
    visitor,
    canary,
  );
  await write(
    `insert into velro.openai_image_calls (user_id, call_hash, idempotency_key, repetition) values ($1, sha256('a'), 'a', 0)`,
    userId,
  );
  await write('insert into velro.agents (id, name) values ($1, $2)', agent, 'Guide');
  await write(
    `insert into velro.agent_versions (agent_id, version, author_id, description, is_public, max_output_tokens, origins, system_prompt, thinking)
     values ($1, 1, $2, 'A guide', false, 100, '{}', 'Guide them.', 'off')`,
    agent,
    userId,
  );
  await write(
    `insert into velro.gateway_messages (user_id, id, conversation_id, run_id, answer_id) values ($1, $2, 'a', gen_random_uuid(), 'a')`,
    userId,
    canary,
  );
  await write(
    `insert into velro.devices (hash, user_id, account, expires_at) values (sha256($2::bytea), $1, sha256($2::bytea), now() + interval '1 day')`,
    userId,
    canary,
  );
  await write(
    `insert into velro.mfa_attempts (user_id, tried_at) values ($1, array[now()]) on conflict do nothing`,
    userId,
  );
  await write(
    `insert into velro.access_attestations (id, reviewer_id, administrators, stale_keys, note) values (gen_random_uuid(), $1, 1, 0, 'seen')`,
    userId,
  );
  await write(
    `insert into velro.control_attestations (id, control, reviewer_id, note) values (gen_random_uuid(), 'review/policies', $1, 'seen')`,
    userId,
  );
  await write(
    `with opened as (insert into velro.incidents (id, kind, title, discovered_at, opened_by)
       values (gen_random_uuid(), 'data_breach', 'a drill', now(), 'an operator') returning id)
     insert into velro.incident_affected (incident_id, user_id) select id, $1::uuid from opened`,
    userId,
  );
  await write(
    `insert into velro.control_audits (id, reviewer_id, failed, not_looked_at, attested, passed, not_applicable)
     values (gen_random_uuid(), $1, 0, 0, 0, 1, 0)`,
    userId,
  );
  await write(
    `insert into velro.revocations (kind, subject, epoch, expires_at) values ('user', $1, 1, now() + interval '15 minutes')`,
    userId,
  );
  // As an administrator they corrected a balance of somebody else.
  await write(
    `with other as (select id from velro.users where id <> $1 and role = 'super_admin' limit 1), entry as (
       insert into velro.credit_entries (user_id, kind, balance_change, reserved_change, actor_id, reason)
       select id, 'adjust', 1, 0, $1, 'thanks' from other)
     update velro.users u set credits_balance = credits_balance + 1 from other where u.id = other.id`,
    userId,
  );
}

/** Where in the database any of the texts stands, in any column of any table: `schema.table.column`. */
export async function placesOf(service: Service, texts: readonly string[]): Promise<string[]> {
  const columns = await ask<{ place: string; sql: string }>(
    service.home,
    `select format('%s.%s.%s', n.nspname, c.relname, a.attname) as place,
       format('select 1 from %I.%I where %s ~* $1 limit 1', n.nspname, c.relname,
         case when format_type(a.atttypid, null) = 'bytea' then format('encode(%I, ''escape'')', a.attname) else format('%I::text', a.attname) end) as sql
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
  );
  const pattern = texts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const places: string[] = [];
  for (const { place, sql } of columns)
    if ((await ask(service.home, sql, [pattern])).length > 0) places.push(place);
  return places;
}
