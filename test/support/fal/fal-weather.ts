import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../../painter/drawing/random.js';
import type { FalFault, FalOperation } from './fal-faults.js';
import type { FalServer } from './fal-server.js';

type Gust = readonly [FalOperation, Exclude<FalFault, { kind: 'bent' }>];

/** What goes wrong, a call at a time; the doubled ones are those after which nobody can tell what became of a job. */
const gusts: readonly [Gust, ...Gust[]] = [
  ['submit', { kind: 'reset', when: 'after' }],
  ['submit', { kind: 'reset', when: 'after' }],
  ['submit', { kind: 'error', status: 500, when: 'after' }],
  ['submit', { kind: 'error', status: 500, when: 'after' }],
  ['submit', { kind: 'reset', when: 'before' }],
  ['submit', { kind: 'garbage' }],
  ['submit', { kind: 'busy', retryAfter: '1' }],
  ['status', { kind: 'reset', when: 'before' }],
  ['status', { kind: 'error', status: 503, when: 'before' }],
  ['result', { kind: 'cut' }],
  ['media', { kind: 'reset', when: 'before' }],
  ['media', { kind: 'cut' }],
  ['media', { kind: 'cut' }],
  ['jwks', { kind: 'reset', when: 'before' }],
];

/** Milliseconds between two gusts: well apart, so that the breaker of whoever calls stays closed for the most part. */
const everyMs = 120;

/** A fal.ai that behaves now well and now badly, as the dice say. */
export class FalWeather {
  /** fal's ids of the jobs about which nobody is ever called. */
  readonly silenced = new Set<string>();
  private readonly stopping = new AbortController();
  private blowing: Promise<void> | null = null;

  constructor(
    private readonly fal: FalServer,
    private readonly dice: Dice,
  ) {
    this.bendWebhooks();
  }

  begin(): void {
    this.blowing = this.blow();
  }

  /** From now on everything goes well. */
  async clear(): Promise<void> {
    this.stopping.abort();
    await this.blowing;
    this.fal.faults.clear();
  }

  private async blow(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.fal.automatic = { queueMs: this.dice.whole(0, 150), workMs: this.dice.whole(0, 300) };
      if (this.dice.chance(0.5)) this.fal.faults.on(...this.dice.pick(gusts), 1);
      await sleep(everyMs);
    }
  }

  /** Of the calls, some are lost and many are made twice. */
  private bendWebhooks(): void {
    const { webhooks } = this.fal;
    const deliver = webhooks.deliver.bind(webhooks);
    webhooks.deliver = async (job, stop) => {
      const throwOf = this.stopping.signal.aborted ? 1 : this.dice.next();
      // Whether it is lost is read before the first pause, so that one call does not decide about another.
      webhooks.fault = throwOf < 0.08 ? 'lost' : throwOf < 0.4 ? 'twice' : null;
      if (webhooks.fault === 'lost') this.silenced.add(job.id);
      await deliver(job, stop);
      // Not taken, however often it was made: fal gives up.
      if (webhooks.calls.findLast(({ id }) => id === job.id)?.status !== 200) this.silenced.add(job.id);
    };
  }
}
