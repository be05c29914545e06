import type { Mutant } from '../../mutant.ts';

const worker = 'src/features/webhooks/delivery/webhook.worker.ts';
const workerSpec = ['src/features/webhooks/delivery/webhook.worker.spec.ts'];

const claiming = 'supabase/migrations/20261128100100_webhook_shares.sql';
const delivery = 'src/features/webhooks/delivery';
const shares = [`${delivery}/webhook-shares.spec.ts`];

/** How deliveries are found and shared out. */
export const webhookQueueMutants: readonly Mutant[] = [
  {
    title: 'a backlog of webhooks waits for the look of an idle queue',
    file: worker,
    find: 'if (pauseMs > idleLookEveryMs) return;',
    replace: 'if (pauseMs >= lookEveryMs) return;',
    specs: workerSpec,
  },
  {
    title: 'one account is with any number of workers',
    file: claiming,
    find: 'if taken >= per_account then',
    replace: 'if taken >= 1000 then',
    specs: shares,
    test: 'with four workers',
  },
  {
    title: 'workers that look at one time take more of an account than its share',
    file: claiming,
    find: "if pg_try_advisory_xact_lock(hashtext('velro.webhook_turns'), hashtext(owner::text)) then",
    replace: 'if true then',
    specs: shares,
    test: 'with four workers',
  },
  {
    title: 'leases that have ended count to the share of an account',
    file: claiming,
    find: ' and o.work_at > now()',
    replace: '',
    specs: shares,
    test: 'lease that has ended',
  },
  {
    title: 'an instance takes again at once what it cannot open',
    file: `${delivery}/unreadable-endpoints.ts`,
    find: 'this.clock.monotonic() + unreadableSkipMs',
    replace: '0',
    specs: shares,
    test: 'left without an attempt',
  },
  {
    title: 'what an instance cannot open is told of each time',
    file: `${delivery}/unreadable-endpoints.ts`,
    find: 'if (isLong && !isUnreadableTold)',
    replace: 'if (isLong)',
    specs: shares,
    test: 'told of once',
  },
  {
    title: 'what an instance cannot open is told of at the first look',
    file: `${delivery}/unreadable-endpoints.ts`,
    find: 'unreadableSince !== null && this',
    replace: 'unreadableSince === null || this',
    specs: shares,
    test: 'told of once',
  },
  {
    title: 'an instance with the earlier key counts attempts of what it cannot open',
    file: `${delivery}/webhook-delivery.ts`,
    find: '      await this.unreadable.leave(endpoint);\n',
    replace: '',
    specs: ['test/journeys/webhook-shares.spec.ts'],
    test: 'another key',
  },
  {
    title: 'the purge of endpoints that were deleted reads all of them',
    file: 'supabase/migrations/20261128100300_removed_webhook_endpoints.sql',
    find: 'where removed_at is not null',
    replace: 'where removed_at is null',
    specs: [`${delivery}/webhook-queue.repository.spec.ts`],
    test: 'without a look at the others',
  },
  {
    title: 'a new webhook is found by the look of an idle queue alone',
    file: worker,
    find: 'this.notifications.subscribe(channels.webhooks, wake)',
    replace: 'this.notifications.subscribe(channels.blocks, () => void wake)',
    specs: workerSpec,
  },
];
