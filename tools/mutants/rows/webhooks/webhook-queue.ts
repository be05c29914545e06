import type { Mutant } from '../../mutant.ts';

const worker = 'src/features/webhooks/delivery/webhook.worker.ts';
const workerSpec = ['src/features/webhooks/delivery/webhook.worker.spec.ts'];

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
    title: 'a new webhook is found by the look of an idle queue alone',
    file: worker,
    find: 'this.notifications.subscribe(channels.webhooks, () => {',
    replace: 'this.notifications.subscribe(channels.blocks, () => {',
    specs: workerSpec,
  },
];
