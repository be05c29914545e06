import type { Mutant } from '../../mutant.ts';

const queue = 'supabase/migrations/20261128020004_webhook_redeliveries.sql';
const claiming = 'supabase/migrations/20261128100100_webhook_shares.sql';
const storing = 'supabase/migrations/20261128020001_webhook_events.sql';
const outcome = 'src/features/webhooks/delivery/webhook-outcome.ts';
const sender = 'src/adapters/webhook/https-webhook-sender.ts';
const service = 'src/features/webhooks/endpoints/webhook-endpoints.service.ts';
const endpoints = 'src/features/webhooks/endpoints/webhook-endpoints.repository.ts';
const deliveries = 'src/features/webhooks/endpoints/webhook-deliveries.repository.ts';
const delivery = 'src/features/webhooks/delivery/webhook-delivery.ts';

const outcomeSpec = ['src/features/webhooks/delivery/webhook-outcome.spec.ts'];
const queueSpec = ['src/features/webhooks/delivery/webhook-queue.repository.spec.ts'];
const senderSpec = ['src/adapters/webhook/https-webhook-sender.spec.ts'];
const journey = ['test/journeys/webhook-endpoints.spec.ts'];

export const webhookMutants: readonly Mutant[] = [
  {
    title: 'a webhook is sent to this machine in production',
    file: sender,
    find: 'const isOurs = this.toLoopback && ',
    replace: 'const isOurs = ',
    specs: senderSpec,
  },
  {
    title: 'a webhook is sent to addresses that are not checked',
    file: 'src/adapters/https/checked-address.ts',
    find: "if (!found.every(({ address }) => target.allows(address))) throw new RemoteFileError('refused');",
    replace: '',
    specs: senderSpec,
  },
  {
    title: 'the name of a webhook is resolved again for the connection',
    file: 'src/adapters/https/checked-address.ts',
    find: '    lookup: pinned(addresses),\n',
    replace: '',
    specs: ['src/adapters/https/https-names.spec.ts'],
  },
  {
    title: 'a body of any length is read of the answer to a webhook',
    file: sender,
    find: 'if (bytes >= webhookPolicy.keptBytes) end();',
    replace: 'if (bytes >= 1e9) end();',
    specs: senderSpec,
  },
  {
    title: 'a redirect delivers a webhook',
    file: outcome,
    find: 'answer.status < 300',
    replace: 'answer.status < 400',
    specs: outcomeSpec,
  },
  {
    title: 'a Retry-After of any length is obeyed',
    file: outcome,
    find: 'Math.min(attempt.answer?.retryAfterMs ?? 0, retryAfterMs)',
    replace: '(attempt.answer?.retryAfterMs ?? 0)',
    specs: outcomeSpec,
  },
  {
    title: 'an endpoint that does not answer in time is not paused',
    file: outcome,
    find: "failure === 'timeout' || ",
    replace: '',
    specs: outcomeSpec,
  },
  {
    title: 'a slow endpoint is served as often as any',
    file: outcome,
    find: 'longest > slowMs ? longest * slowFactor : 0',
    replace: '0',
    specs: outcomeSpec,
  },
  {
    title: 'a lease that has ended settles a turn',
    file: queue,
    find: 'where id = endpoint and lease = token for no key update;',
    replace: 'where id = endpoint for no key update;',
    specs: queueSpec,
  },
  {
    title: 'an event makes a leased endpoint due for a second worker',
    file: storing,
    find: 'case when e.lease is null then least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end',
    replace: 'least(e.work_at, greatest(now(), e.paused_until))',
    specs: queueSpec,
  },
  {
    title: 'an event ends the pause of an endpoint',
    file: storing,
    find: 'least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end',
    replace: 'now() else e.work_at end',
    specs: queueSpec,
  },
  {
    title: 'a disabled account is sent webhooks',
    file: claiming,
    find: 'held.user_id is null or exists (select from velro.users u where u.id = held.user_id and u.disabled_at is null)',
    replace: 'true',
    specs: journey,
    test: 'of a disabled account',
  },
  {
    title: 'an event is stored for endpoints of a disabled account',
    file: storing,
    find: 'where u.id = owner and u.disabled_at is null for key share;',
    replace: 'where u.id = owner for key share;',
    specs: journey,
    test: 'of a disabled account',
  },
  {
    title: 'an endpoint is sent types that it did not choose',
    file: storing,
    find: 'where found and e.user_id = owner and e.disabled_at is null and event = any (e.event_types)',
    replace: 'where found and e.user_id = owner and e.disabled_at is null',
    specs: queueSpec,
  },
  {
    title: 'a conversation that somebody else named alike counts for its owner',
    file: storing,
    find: "owner || ' ' || name",
    replace: 'name',
    specs: queueSpec,
    test: 'counts events of an object',
  },
  {
    title: 'the account is read although nobody has an endpoint',
    file: storing,
    find: 'if exists (select from velro.webhook_endpoints e\n      where e.user_id = owner and e.disabled_at is null and event = any (e.event_types)) then',
    replace: 'if owner is not null then',
    specs: queueSpec,
    test: 'stores nothing, and reads no account',
  },
  {
    title: 'an event locks endpoints before their account',
    file: storing,
    find: ' and u.disabled_at is null for key share;',
    replace: ' and u.disabled_at is null;',
    specs: queueSpec,
    test: 'gets two events of an account at one time',
  },
  {
    title: 'an answer to a visitor is told to endpoints of the service',
    file: 'src/features/assistants/chat/runs/runs.repository.ts',
    find: '$if(person !== null, (query)',
    replace: '$if(true, (query)',
    specs: ['test/journeys/visitors.spec.ts'],
    test: 'are answered without a webhook',
  },
  {
    title: 'what an administrator takes is told as given',
    file: 'src/features/credits/credits.repository.ts',
    find: 'entry.balance > 0 ? grantOf[entry.kind] : undefined',
    replace: 'grantOf[entry.kind]',
    specs: journey,
    test: 'is sent what an administrator adds',
  },
  {
    title: 'a success does not end the count of days of failures',
    file: queue,
    find: `if not results @? '$[*] ? (@.state == "delivered")' then since := coalesce(held.failing_since, now()); end if;`,
    replace: 'since := coalesce(held.failing_since, now());',
    specs: journey,
    test: 'is disabled after five days',
  },
  {
    title: 'the secret of an endpoint is shown to another account by its rotation',
    file: endpoints,
    find: "      .where('id', '=', id)\n      .where(isOwnedBy(owner))\n      .returning([...columns, livingPrevious, await",
    replace: "      .where('id', '=', id)\n      .returning([...columns, livingPrevious, await",
    specs: journey,
    test: 'of another account is not found',
  },
  {
    title: 'an endpoint is deleted by another account',
    file: endpoints,
    find: ".set(removed)\n      .where('id', '=', id)\n      .where(isOwnedBy(owner))",
    replace: ".set(removed)\n      .where('id', '=', id)",
    specs: journey,
    test: 'of another account is not found',
  },
  {
    title: 'a delivery of another endpoint is sent again',
    file: deliveries,
    find: ' and d.endpoint_id = due.id returning',
    replace: ' returning',
    specs: journey,
    test: 'of another account is not found',
  },
  {
    title: 'an endpoint is made without a proven address',
    file: service,
    find: 'this.config.passwords.requireEmailVerification && !isProven',
    replace: 'isProven === null',
    specs: journey,
  },
  {
    title: 'any number of endpoints is made at one time',
    file: service,
    find: '>= atMost',
    replace: '>= 1000',
    specs: journey,
    test: 'is refused beyond twenty',
  },
  {
    title: 'an endpoint at a private address is stored',
    file: service,
    find: 'if (!this.sender.accepts(order.url)) throw notPublic();',
    replace: '',
    specs: journey,
    test: 'is refused at',
  },
  {
    title: 'the secret before a rotation signs no more',
    file: delivery,
    find: 'return previous === null ? [present] : [present, previous];',
    replace: 'return [present];',
    specs: journey,
    test: 'that is rotated',
  },
  {
    title: 'the secret before a rotation signs for ever',
    file: claiming,
    find: 'case when held.previous_until > now() then held.previous_secret_sealed end',
    replace: 'held.previous_secret_sealed',
    specs: journey,
    test: 'that is rotated',
  },
  {
    title: 'what a receiver answers is kept as it came',
    file: delivery,
    find: "redact(start.replaceAll('\\0', ''))",
    replace: "start.replaceAll('\\0', '')",
    specs: journey,
    test: 'that answers by an error',
  },
  {
    title: 'endpoints that a stranger made outlive the first proof of an address',
    file: 'src/features/accounts/credentials/address-proof.ts',
    find: 'await this.webhooks.removeAll(tx, user.id, client);',
    replace: '',
    specs: ['test/journeys/address-proof.spec.ts'],
  },
];
