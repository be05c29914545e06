import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../../painter/drawing/random.js';
import type { Answer } from '../http/http.js';
import { password, type Account } from '../process/service.js';

const models = [
  'fal-ai/flux-pro/v1.1-ultra',
  'fal-ai/imagen4/preview/ultra',
  'fal-ai/wan-pro/text-to-video',
] as const;

/** A generation that somebody was told has been accepted. */
export interface Acknowledged {
  readonly id: string;
  /** Null where the request did not name itself. */
  readonly key: string | null;
}

/** People who ask for generations one after the other, whether anybody answers or not. */
export class GenerationLoad {
  /** Every 202; a key that was asked with again stands here more than once. */
  readonly acknowledged: Acknowledged[] = [];
  /** Answers that nobody should get, as `status code`. */
  readonly surprises: string[] = [];
  /** Requests without a key to which no answer came. */
  unanswered = 0;
  private readonly stopping = new AbortController();
  private readonly lanes: Promise<void>[] = [];

  /** `pauseMs`: at most so long between two requests of one lane. */
  begin(people: readonly Account[], lanesEach: number, pauseMs: number, dice: Dice): void {
    for (const [at, person] of people.entries())
      for (let lane = 0; lane < lanesEach; lane += 1)
        this.lanes.push(this.ask(new Client(person), pauseMs, dice.fork(`${at}/${lane}`)));
  }

  /** Nothing new is asked for; what is under way with a key is asked with until it is answered. */
  stop(): void {
    this.stopping.abort();
  }

  async ended(): Promise<void> {
    await Promise.all(this.lanes);
  }

  private async ask(client: Client, pauseMs: number, dice: Dice): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const key = dice.chance(0.7) ? randomUUID() : null;
      // The prompt is the key: two generations of one key would be two of one prompt.
      const body = { model_id: dice.pick(models), prompt: key ?? `without a key ${randomUUID()}` };
      await this.untilAnswered(client, key, body);
      // Some ask again though they were answered.
      if (key !== null && dice.chance(0.2)) await this.untilAnswered(client, key, body);
      await sleep(dice.whole(0, pauseMs));
    }
  }

  private async untilAnswered(client: Client, key: string | null, body: unknown): Promise<void> {
    for (;;) {
      const answer = await client.create(body, key).catch(() => null);
      if (answer?.status === 202) {
        this.acknowledged.push({ id: answer.json.id, key });
        return;
      }
      if (answer !== null && !isPassing(answer)) {
        this.surprises.push(`${answer.status} ${String(answer.json?.code)}`);
        return;
      }
      if (key === null) {
        this.unanswered += 1;
        return;
      }
      await sleep(100);
    }
  }
}

/** The first request with the key died or is at work, or the service has only just come back, or its connections are all in use. */
const isPassing = ({ status, json }: Answer): boolean =>
  status === 503 ||
  (status === 429 && json?.code === 'busy') ||
  (status === 409 && json?.code === 'idempotency_key_running');

/** Somebody whose token may come to its end. */
class Client {
  private token: string;

  constructor(private readonly account: Account) {
    this.token = account.token;
  }

  async create(body: unknown, key: string | null): Promise<Answer> {
    const { visitor, email } = this.account;
    const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key };
    const ask = () => visitor.call('/api/v1/generations', { token: this.token, body, headers });
    const answer = await ask();
    if (answer.status !== 401) return answer;
    const { json } = await visitor.call('/api/v1/auth/login', { body: { email, password } });
    this.token = json.access_token;
    return ask();
  }
}
