import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { SealedSecretsRepository, type SealedSecrets } from './sealed-secrets.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { Background } from '../../../tasks/background.js';

/** `changed`: by somebody else meanwhile, and looked at again by the next run. */
type Outcome = 'current' | 'resealed' | 'unreadable' | 'changed';

const { resealEveryMs, resealAgainMs, resealBatch } = webhookPolicy;

/**
 * Seals secrets again that are sealed under WEBHOOK_GATEWAY_SECRET_PREVIOUS, while that is set: once a run finds none, it may be dropped.
 * Any number of instances does it at once, because what changed meanwhile is left to a later run.
 */
@Background()
@Injectable()
export class WebhookReseal implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private quietUntil = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookGatewaySecret'>,
    private readonly stored: SealedSecretsRepository,
    private readonly secrets: WebhookSecrets,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: resealEveryMs,
      jitter: 0.2,
      run: async (signal) => {
        if (clock.monotonic() >= this.quietUntil) await this.run(signal);
      },
      onError: (cause) => {
        log.warn('secrets of webhooks could not be sealed again', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.webhookGatewaySecret.previous !== null) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** Looks at every endpoint once, and writes to the log what it found; null when it was aborted. */
  async run(signal: AbortSignal): Promise<Readonly<Record<Outcome, number>> | null> {
    const counts: Record<Outcome, number> = { current: 0, resealed: 0, unreadable: 0, changed: 0 };
    for (let after: string | null = null; ;) {
      const page: readonly SealedSecrets[] = await this.stored.page(after, resealBatch);
      for (const one of page) {
        if (signal.aborted) return null;
        counts[await this.reseal(one)]++;
      }
      after = page.at(-1)?.id ?? null;
      if (after === null || page.length < resealBatch) break;
    }
    const isSettled = counts.resealed + counts.changed === 0;
    const isDone = isSettled && counts.unreadable === 0;
    // What nobody can open is not opened again every few seconds.
    if (isSettled) this.quietUntil = this.clock.monotonic() + resealAgainMs;
    this.log.info(
      isDone
        ? 'every secret of a webhook endpoint is sealed under the present WEBHOOK_GATEWAY_SECRET'
        : 'secrets of webhook endpoints were sealed under the previous WEBHOOK_GATEWAY_SECRET',
      { ...counts },
    );
    return counts;
  }

  private async reseal(sealed: SealedSecrets): Promise<Outcome> {
    const { id } = sealed;
    const present = this.secrets.open(id, sealed.present);
    const previous = sealed.previous === null ? null : this.secrets.open(id, sealed.previous);
    if (present === null || (previous === null && sealed.previous !== null)) return 'unreadable';
    if (present.current && previous?.current !== false) return 'current';
    const isWritten = await this.stored.replace(sealed, {
      present: this.secrets.seal(id, present.plain),
      previous: previous === null ? null : this.secrets.seal(id, previous.plain),
    });
    return isWritten ? 'resealed' : 'changed';
  }
}
