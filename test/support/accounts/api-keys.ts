import { randomUUID } from 'node:crypto';
import { ask } from '../database/database.js';
import type { Answer } from '../http/http.js';
import { insist } from '../http/insist.js';
import { signUp, type Account, type LogLine, type Service } from '../process/service.js';
import { signingSecret, withClaims } from '../tokens/forged-tokens.js';

export const allScopes = ['account:read', 'generations:read', 'generations:write'];

/** Somebody with API keys, and every key they were ever shown. */
export class KeyOwner {
  private constructor(
    readonly service: Service,
    readonly account: Account,
    readonly shown: string[],
  ) {}

  static async signUp(service: Service, shown: string[]): Promise<KeyOwner> {
    return new KeyOwner(service, await signUp(service), shown);
  }

  async create(body: Record<string, unknown> = {}): Promise<Answer> {
    const order = { name: 'robot', scopes: allScopes, ...body };
    return this.note(await this.call('', { body: order }));
  }

  /** A new key: its id and its text. */
  async key(body: Record<string, unknown> = {}): Promise<{ id: string; text: string }> {
    const { status, json, text } = await insist(() => this.create(body));
    if (status !== 201) throw new Error(`create answered ${status}: ${text}`);
    return { id: json.id as string, text: json.key as string };
  }

  async rotate(id: string, overlapSeconds?: number): Promise<Answer> {
    const body = overlapSeconds === undefined ? {} : { overlap_seconds: overlapSeconds };
    return this.note(await this.call(`/${id}/rotate`, { body }));
  }

  remove(id: string): Promise<Answer> {
    return this.call(`/${id}`, { method: 'DELETE' });
  }

  async list(): Promise<Record<string, unknown>[]> {
    return (await this.call('')).json.data as Record<string, unknown>[];
  }

  call(
    path: string,
    { token = this.account.token, ...call }: Parameters<Account['visitor']['call']>[1] = {},
  ) {
    return this.account.visitor.call(`/api/v1/api-keys${path}`, { token, ...call });
  }

  /** A token of this person as it is an hour after the last proof of identity. */
  staleToken(): string {
    const authTime = Math.floor(Date.now() / 1000) - 3600;
    return withClaims(signingSecret(this.service.home), this.account.token, { auth_time: authTime });
  }

  /** A generation that no worker takes, so that a stream of it stays open. */
  async waitingGeneration(): Promise<string> {
    const id = randomUUID();
    await ask(
      this.service.home,
      "insert into velro.generations (id, user_id, model_id, prompt, credits_cost, due_at) values ($1, $2, 'velro/canvas', 'fog', 0, now() + interval '1 hour')",
      [id, this.account.id],
    );
    return id;
  }

  private note(answer: Answer): Answer {
    if (typeof answer.json?.key === 'string') this.shown.push(answer.json.key as string);
    return answer;
  }
}

/** What a bearer gets at a route that account:read opens. */
export async function present(service: Service, bearer: string, address?: string): Promise<Answer> {
  return service.visitor(address).call('/api/v1/auth/session', { token: bearer });
}

/** The one line that a refusal must be. */
export async function violation(service: Service, answer: Answer): Promise<LogLine | undefined> {
  const lines = (await service.linesOf(answer.headers['x-request-id'])).filter(({ msg }) =>
    msg.startsWith('SECURITY-EVENT'),
  );
  return lines.length === 1 ? lines[0] : undefined;
}
