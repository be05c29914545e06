import type { Mutant } from '../../mutant.ts';

const queue = 'supabase/migrations/20261128020004_webhook_redeliveries.sql';
const claiming = 'supabase/migrations/20261128100100_webhook_shares.sql';
const cancelling = queue;
const storing = 'supabase/migrations/20261128020001_webhook_events.sql';
const owner = 'src/features/webhooks/endpoints/endpoint-owner.ts';
const service = 'src/features/webhooks/endpoints/webhook-endpoints.service.ts';

const queueSpec = ['src/features/webhooks/delivery/webhook-queue.repository.spec.ts'];
const operators = ['test/journeys/webhook-operators.spec.ts'];

export const webhookOperatorMutants: readonly Mutant[] = [
  {
    title: 'what is committed behind a turn is not delivered to an endpoint of the service',
    file: claiming,
    find: 'where c.user_id is null and not of_service',
    replace: 'where c.user_id is null and c.work_at <= now() and not of_service',
    specs: queueSpec,
    test: 'forgets no event for the service',
  },
  {
    title: 'a paused endpoint of the service is sent webhooks',
    file: claiming,
    find: 'and (c.paused_until is null or c.paused_until <= now()) and not c.id',
    replace: 'and not c.id',
    specs: queueSpec,
    test: 'gives nothing of a paused endpoint of the service',
  },
  {
    title: 'accounts wait for each other at an endpoint of the service',
    file: storing,
    find: 'select array_agg(e.id order by e.id) into of_service from velro.webhook_endpoints e\n    where e.user_id is null and e.disabled_at is null and event = any (e.event_types);',
    replace:
      'select array_agg(e.id) into of_service from (select * from velro.webhook_endpoints e\n    where e.user_id is null and e.disabled_at is null and event = any (e.event_types) for no key update) e;',
    specs: queueSpec,
    test: 'gives what is stored for the service',
  },
  {
    title: 'an event of the service that is told again is sent again',
    file: storing,
    find: 'else velro.version_7(substring(uuid_send(source) from 1 for 6), sha256(uuid_send(source) || uuid_send(c.endpoint))) end',
    replace:
      'else velro.version_7(substring(uuid_send(source) from 1 for 6), uuid_send(gen_random_uuid())) end',
    specs: queueSpec,
    test: 'stores an event of the service once',
  },
  {
    title: 'any number of deliveries is cancelled by one statement',
    file: cancelling,
    find: "w.state = 'waiting' limit 1000",
    replace: "w.state = 'waiting'",
    specs: queueSpec,
    test: 'a thousand at a time',
  },
  {
    title: 'endpoints of the service are those of every account',
    file: owner,
    find: 'sql`(e.user_id is null and e.removed_at is null)`',
    replace: 'sql`e.removed_at is null`',
    specs: operators,
    test: 'is made by an administrator',
  },
  {
    title: 'any number of endpoints of the service is made at one time',
    file: service,
    find: '      await this.users.lockAdministration(tx);\n',
    replace: '',
    specs: operators,
    test: 'is refused beyond twenty',
  },
  {
    title: 'accounts choose events of the service',
    file: 'src/features/webhooks/endpoints/webhook-endpoints.dto.ts',
    find: "    description: 'What is sent to it.',\n    of: accountEventTypes,",
    replace: "    description: 'What is sent to it.',\n    of: serviceEventTypes,",
    specs: operators,
    test: 'accounts may not choose it',
  },
  {
    title: 'endpoints of the service are not told whose event it is',
    file: storing,
    find: "jsonb_build_object('user_id', owner, 'link', accounts || owner)",
    replace: "jsonb_build_object('link', accounts || owner)",
    specs: operators,
    test: 'by ids alone',
  },
  {
    title: 'security events are sent without a throttle',
    file: 'src/features/security/alerts/alert.service.ts',
    find: 'if (suppressed === null) return;',
    replace: 'if (suppressed === null && event.level === "LOW") return;'.replaceAll('"', "'"),
    specs: operators,
    test: 'as rarely as alerts',
  },
  {
    title: 'the owner of an endpoint that is disabled is told by nobody',
    file: 'src/features/webhooks/delivery/webhook-settlement.ts',
    find: 'if (reason !== null) await this.notices.add(',
    replace: "if (reason !== null && userId === '') await this.notices.add(",
    specs: ['test/journeys/webhook-endpoints.spec.ts'],
    test: 'that answers 410',
  },
  {
    title: 'the owner of an endpoint is told of each failure',
    file: 'src/features/webhooks/delivery/webhook-settlement.ts',
    find: 'if (reason !== null) await this.notices.add(',
    replace: 'await this.notices.add(',
    specs: ['test/journeys/webhook-endpoints.spec.ts'],
    test: 'that answers 410',
  },
  {
    title: 'the mail about an endpoint advises a new password',
    file: 'src/features/notices/notice-texts.ts',
    find: '...(advices[kind] ?? ofAPerson)',
    replace: '...ofAPerson',
    specs: ['test/journeys/webhook-endpoints.spec.ts'],
    test: 'that answers 410',
  },
];
