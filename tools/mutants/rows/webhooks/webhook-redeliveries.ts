import type { Mutant } from '../../mutant.ts';

const redelivering = 'supabase/migrations/20261128020004_webhook_redeliveries.sql';
const deliveries = 'src/features/webhooks/endpoints/webhook-deliveries.repository.ts';
const endpoints = 'src/features/webhooks/endpoints/webhook-endpoints.repository.ts';

const queueSpec = ['src/features/webhooks/delivery/webhook-queue.repository.spec.ts'];
const sealed = 'src/features/webhooks/delivery/sealed-secrets.repository.ts';
const resealSpec = ['src/features/webhooks/delivery/webhook-reseal.spec.ts'];
const journey = ['test/journeys/webhook-endpoints.spec.ts'];

export const webhookRedeliveryMutants: readonly Mutant[] = [
  {
    title: 'a redelivery makes everything due at once',
    file: redelivering,
    find: 'order by id limit 100',
    replace: 'order by id',
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery goes on while what it sends waits',
    file: redelivering,
    find: 'next_attempt_at <= now() limit 50) d) = 50 then return',
    replace: 'next_attempt_at <= now() limit 50) d) = 51 then return',
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery of failures sends what was delivered',
    file: redelivering,
    find: "asked.redeliver_all and d.state = 'delivered'",
    replace: "d.state = 'delivered'",
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery begins again what waits',
    file: redelivering,
    find: "d.state in ('failed', 'cancelled')",
    replace: "d.state in ('failed', 'cancelled', 'waiting')",
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery sends tests',
    file: redelivering,
    find: "d.event_type <> 'webhook.test' and (",
    replace: '(',
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery ends where two thousand in a row are none of its',
    file: redelivering,
    find: '      when seen = 2000 then last end',
    replace: '      end',
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'a redelivery begins as often as it is asked for',
    file: deliveries,
    find: "\n        and (e.redelivered_at is null or e.redelivered_at <= now() - ${everyMs} * interval '1 millisecond')",
    replace: '',
    specs: queueSpec,
    test: 'nor for ten minutes',
  },
  {
    title: 'a redelivery is begun by another account',
    file: deliveries,
    find: '${isOwnedBy(owner)} and e.disabled_at is null and e.redeliver_from is null',
    replace: 'e.disabled_at is null and e.redeliver_from is null',
    specs: queueSpec,
    test: 'a hundred at a time',
  },
  {
    title: 'an endpoint is enabled by another account',
    file: endpoints,
    find: ".where(isOwnedBy(owner))\n      .where('disabled_at', 'is not', null)",
    replace: ".where('disabled_at', 'is not', null)",
    specs: journey,
    test: 'that is disabled is enabled again',
  },
  {
    title: 'an endpoint that is enabled goes on failing since it first did',
    file: endpoints,
    find: 'failing_since: null, pauses: 0,',
    replace: 'pauses: 0,',
    specs: journey,
    test: 'that is disabled is enabled again',
  },
  {
    title: 'secrets under the earlier key stay under it',
    file: 'src/features/webhooks/delivery/webhook-reseal.ts',
    find: "if (present.current && previous?.current !== false) return 'current';",
    replace: "if (present.current || previous?.current !== false) return 'current';",
    specs: resealSpec,
  },
  {
    title: 'a secret that was rotated meanwhile is put back by the sealing',
    file: sealed,
    find: 'and secret_sealed = ${present}\n',
    replace: '\n',
    specs: resealSpec,
    test: 'change meanwhile',
  },
  {
    title: 'the secret before a rotation stays sealed under the earlier key',
    file: sealed,
    find: 'coalesce(${by.previous}::bytea, previous_secret_sealed)',
    replace: 'previous_secret_sealed',
    specs: resealSpec,
  },
  {
    title: 'secrets are sealed again in the first batch alone',
    file: 'src/features/webhooks/delivery/webhook-reseal.ts',
    find: 'after === null || page.length < resealBatch',
    replace: 'after === null || page.length <= resealBatch',
    specs: resealSpec,
  },
  {
    title: 'an endpoint is sent any number of webhooks in a second',
    file: 'src/features/webhooks/delivery/webhook-outcome.ts',
    find: '(turn.length * 1000) / perSecond',
    replace: '0',
    specs: ['src/features/webhooks/delivery/webhook-outcome.spec.ts'],
  },
  {
    title: 'an endpoint that was deleted is shown and enabled',
    file: 'src/features/webhooks/endpoints/endpoint-owner.ts',
    find: 'sql`(e.user_id = ${owner.userId}::uuid and e.removed_at is null)`',
    replace: 'sql`e.user_id = ${owner.userId}::uuid`',
    specs: queueSpec,
    test: 'of an endpoint that was deleted',
  },
  {
    title: 'whoever holds an endpoint that is deleted writes what became of it',
    file: endpoints,
    find: '{ lease: null, work_at: null,',
    replace: '{ work_at: null,',
    specs: queueSpec,
    test: 'of an endpoint that was deleted',
  },
  {
    title: 'an endpoint that was deleted is purged with any number of deliveries at once',
    file: 'src/features/webhooks/delivery/webhook-queue.repository.ts',
    find: '\n        and not exists (select from velro.webhook_deliveries d where d.endpoint_id = e.id)',
    replace: '',
    specs: queueSpec,
    test: 'of an endpoint that was deleted',
  },
  {
    title: 'the purge of numbers reads those of every account',
    file: 'src/features/webhooks/delivery/webhook-queue.repository.ts',
    find: 'and object_id is distinct from user_id',
    replace: 'and (object_id is distinct from user_id) is true',
    specs: queueSpec,
    test: 'loses numbers of objects without a look',
  },
];
