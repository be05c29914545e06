import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { SendFailed } from '../../ports/delivery/messaging-channel.js';
import { PageAccess } from '../../ports/delivery/page-access.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { keyDue, pageTokenInvalid, pageUnsubscribed } from './key-watch.events.js';
import { KeyWatchRepository, type PageState } from './key-watch.repository.js';
import { KeyWatch } from './key-watch.service.js';

/**
 * Each start says which keys are new. Once an hour one instance asks Meta about the page, subscribes it again where it is not any more, and
 * says which keys are to be replaced, each level once.
 */
@Injectable()
export class KeyWatchTask implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly hasPage: boolean;
  /** Monotonic milliseconds. */
  private lookAt = -Infinity;

  constructor(
    @Inject(CONFIG) { messenger }: Pick<Config, 'messenger'>,
    private readonly watch: KeyWatch,
    private readonly repository: KeyWatchRepository,
    private readonly page: PageAccess,
    private readonly events: SecurityEvents,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.hasPage = Boolean(messenger?.page);
    this.task = new PeriodicTask({
      everyMs: keyWatchPolicy.lookEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('the keys in use could not be looked at', { cause });
      },
    });
  }

  /** In the background: no start waits for it. */
  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.watch.meet();
    if (!this.isTime() || !(await this.repository.claimPage())) return;
    if (this.hasPage) await this.askMeta(signal);
    const { items } = await this.watch.report();
    const news = new Set(await this.repository.untold(items));
    for (const { name, level, daysLeft } of items)
      if (level !== 'ok' && news.has(name)) keyDue(this.events, { name, level, daysLeft });
    // Behind the events: a kill in between tells of them twice, and never not at all.
    await this.repository.noteTold(items);
  }

  private isTime(): boolean {
    const now = this.clock.monotonic();
    if (now < this.lookAt) return false;
    if (!this.hasPage) this.lookAt = now + keyWatchPolicy.withoutPageLookEveryMs;
    return true;
  }

  private async askMeta(stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(keyWatchPolicy.askTimeoutMs)]);
    const before = await this.repository.page();
    const { token, subscription, failure } = await this.ask(signal);
    if (token?.isValid === false && before.isTokenValid !== false) pageTokenInvalid(this.events);
    await this.repository.notePage({
      // What was not said now stays as it was said before.
      isTokenValid: token?.isValid ?? before.isTokenValid,
      tokenExpiresAt: token === null ? before.tokenExpiresAt : token.expiresAt,
      dataAccessExpiresAt: token === null ? before.dataAccessExpiresAt : token.dataAccessExpiresAt,
      isSubscribed: subscription ?? before.isSubscribed,
      failure,
    });
  }

  private async ask(signal: AbortSignal): Promise<{
    readonly token: Awaited<ReturnType<PageAccess['token']>>;
    readonly subscription: boolean | null;
    readonly failure: PageState['failure'];
  }> {
    const failures: string[] = [];
    const attempt = async <T>(what: string, call: () => Promise<T>): Promise<T | null> => {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof SendFailed)) throw error;
        failures.push(`${what}: ${error.failure}`);
        this.log.warn('Meta does not say how the page is', {
          what,
          failure: error.failure,
          code: error.code,
        });
        return null;
      }
    };
    const token = await attempt('token', () => this.page.token(signal));
    const subscription = await attempt('subscription', () => this.subscribed(signal));
    return { token, subscription, failure: failures.length === 0 ? null : failures.join(', ') };
  }

  /** Whether the page is subscribed now; it is subscribed where it was not. */
  private async subscribed(signal: AbortSignal): Promise<boolean> {
    if (await this.page.isSubscribed(signal)) return true;
    try {
      await this.page.subscribe(signal);
    } catch (error) {
      pageUnsubscribed(this.events, false);
      throw error;
    }
    const isRestored = await this.page.isSubscribed(signal);
    pageUnsubscribed(this.events, isRestored);
    return isRestored;
  }
}
