import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deletionPolicy, messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { MessagingChannel, SendFailed } from '../../../ports/delivery/messaging-channel.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { DeletionsRepository, type OpenDeletion } from './deletions.repository.js';
import { Background } from '../../../tasks/background.js';

const { lookEveryMs, leaseMs, retriesMs } = deletionPolicy;

/** Carries out requests for deletion: asks Meta who it is at our pages, and forgets them. */
@Background()
@Injectable()
export class DeletionsWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    @Inject(CONFIG) { messenger }: Pick<Config, 'messenger'>,
    private readonly deletions: DeletionsRepository,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: messenger?.page ? lookEveryMs : messengerPolicy.withoutPageLookEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('requests for deletion could not be carried out', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const open = signal.aborted ? null : await this.deletions.claim(leaseMs);
      if (open === null) return;
      await this.carryOut(open, signal);
    }
  }

  private async carryOut(
    { code, appUserSealed, attempts }: OpenDeletion,
    signal: AbortSignal,
  ): Promise<void> {
    const appUserId = this.ids.open(appUserSealed, 'app user', code);
    try {
      // Under a key of another version, which carries it out.
      if (appUserId === null) throw new SendFailed('unreached', null);
      const people = await this.channel.idsAtPages(appUserId, signal);
      await this.deletions.carryOut(
        code,
        people.map(({ pageId, psid }) => ({
          pageId,
          psidHash: this.ids.hashOf(pageId, psid),
          earlierHash: this.ids.earlierHashOf(pageId, psid),
        })),
      );
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      const { failure, code: errorCode } = error;
      this.log.warn('Meta does not say who wants to be forgotten', { failure, code: errorCode });
      const retryMs = retriesMs[attempts - 1];
      if (retryMs === undefined) await this.deletions.giveUp(code);
      else await this.deletions.retry(code, retryMs);
    }
  }
}
