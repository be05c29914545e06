import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../http/http.js';
import type { Account, Service } from '../process/service.js';

/** What one kind of client does again and again, and the answers that it may get. */
interface Kind {
  readonly name: string;
  readonly allowed: readonly number[];
  readonly request: (at: number) => Promise<Pick<Answer, 'status' | 'headers'>>;
}

const pauseMs = 20;

/** Several kinds of clients at once, each one request after the other, for a bounded time. */
export class MixedTraffic {
  /** How many answers of each status each kind got. */
  readonly answers = new Map<string, Map<number, number>>();
  /** Answers that no client should get, as `kind status`. */
  readonly surprises: string[] = [];
  /** Ids of generations that were accepted. */
  readonly accepted: string[] = [];

  constructor(
    private readonly service: Service,
    private readonly people: readonly Account[],
  ) {}

  async run(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    await Promise.all(this.kinds().map((kind) => this.repeat(kind, end)));
  }

  count(name: string, status: number): number {
    return this.answers.get(name)?.get(status) ?? 0;
  }

  private async repeat({ name, allowed, request }: Kind, end: number): Promise<void> {
    const counts = new Map<number, number>();
    this.answers.set(name, counts);
    for (let at = 0; performance.now() < end; at++) {
      const { status, headers } = await request(at);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      // A machine that is busy with other work may be too slow for a moment; the client is told when to come back.
      const isBusy = status === 503 && headers['retry-after'] !== undefined;
      if (!allowed.includes(status) && !isBusy) this.surprises.push(`${name} ${status}`);
      await sleep(pauseMs);
    }
  }

  private kinds(): Kind[] {
    const reads = [
      '/auth/me',
      '/generations?limit=5',
      '/credits/balance',
      '/credits/transactions',
      '/projects',
    ];
    return [
      ...this.people.map((person, index) => ({
        name: `reader ${index}`,
        allowed: [200, 429],
        request: (at: number) =>
          person.visitor.call(`/api/v1${reads[at % reads.length] ?? ''}`, { token: person.token }),
      })),
      ...this.people.map((person, index) => ({
        name: `creator ${index}`,
        allowed: [202, 429],
        request: () => this.create(person),
      })),
      ...this.people.map((person, index) => ({
        name: `watcher ${index}`,
        allowed: [200, 429],
        request: () => this.watch(person),
      })),
      {
        name: 'bad token',
        allowed: [401, 403, 429],
        request: (at: number) => this.service.visitor().call('/api/v1/auth/me', { token: `a.b.${at}` }),
      },
      {
        name: 'unknown path',
        allowed: [404],
        request: (at: number) => this.service.visitor().call(`/api/v1/nothing/${at}`),
      },
      {
        name: 'wrong password',
        allowed: [401],
        request: (at: number) =>
          this.service.visitor().call('/api/v1/auth/login', {
            body: { email: `nobody-${at}@example.com`, password: 'tall-otter-paints-9-quiet-bridges' },
          }),
      },
      { name: 'probe', allowed: [200], request: () => this.service.visitor().call('/health') },
    ];
  }

  private async create({ visitor, token }: Account): Promise<Answer> {
    const body = {
      model_id: 'velro/canvas',
      prompt: 'a lighthouse',
      parameters: { width: 256, height: 256 },
    };
    const answer = await visitor.call('/api/v1/generations', { token, body });
    if (answer.status === 202) this.accepted.push((answer.json as { id: string }).id);
    return answer;
  }

  /** Reads the stream of the person's newest generation to its end. */
  private async watch({ visitor, token }: Account): Promise<Answer> {
    const answer = await visitor.call('/api/v1/generations?limit=1', { token });
    if (answer.status !== 200) return answer;
    const id = (answer.json as { data: { id: string }[] }).data[0]?.id;
    if (id !== undefined)
      await visitor
        .events(`/api/v1/generations/${id}/events`, token, (event) => event !== 'progress')
        .catch(() => []);
    return answer;
  }
}
