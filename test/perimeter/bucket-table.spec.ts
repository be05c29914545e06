import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Visitor } from '../support/http/http.js';
import { projectRoot } from '../support/process/project-root.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';

const wrong = 'wrong-otter-paints-9-quiet-bridges';

/** What fills a bucket as far as a stranger can, and the request of somebody else that must pass all the same. */
interface Row {
  /** As in the table of docs/security-model.md. */
  readonly bucket: string;
  readonly fill: (stage: Stage) => Promise<unknown>;
  readonly passes: (stage: Stage) => Promise<number>;
}

class Stage {
  constructor(
    readonly service: Service,
    readonly owner: Account,
    /** Somebody else behind the owner's address. */
    readonly neighbour: Visitor,
  ) {}

  static async of(service: Service): Promise<Stage> {
    const owner = await signUp(service);
    return new Stage(service, owner, service.visitor(owner.visitor.address));
  }

  async times(count: number, hit: () => Promise<{ readonly status: number }>): Promise<void> {
    const statuses: number[] = [];
    for (let at = 0; at < count; at++) statuses.push((await hit()).status);
    // Filled for whoever fills it: else the row would show nothing.
    expect(statuses.at(-1)).toBe(429);
  }

  post(visitor: Visitor, path: string, body: unknown, token?: string) {
    return visitor.call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  }

  async login(visitor: Visitor): Promise<number> {
    return (await this.post(visitor, 'login', { email: this.owner.email, password })).status;
  }

  async session(visitor: Visitor): Promise<number> {
    return (await visitor.call('/api/v1/auth/session', { token: this.owner.token })).status;
  }

  async refresh(visitor: Visitor): Promise<number> {
    return (await this.post(visitor, 'refresh', { refresh_token: this.owner.refreshToken })).status;
  }
}

const madeUp = (): string => randomBytes(48).toString('base64url');
const someone = (): string => `${randomUUID()}@example.com`;

const rows: readonly Row[] = [
  {
    bucket: 'auth_login by address and account',
    fill: (stage) => {
      const stranger = stage.service.visitor();
      return stage.times(4, () =>
        stage.post(stranger, 'login', { email: stage.owner.email, password: wrong }),
      );
    },
    passes: (stage) => stage.login(stage.owner.visitor),
  },
  {
    bucket: 'auth_login by address, no account named',
    fill: (stage) => stage.times(4, () => stage.post(stage.neighbour, 'login', {})),
    passes: (stage) => stage.login(stage.owner.visitor),
  },
  {
    bucket: 'auth_login by address, all accounts',
    fill: (stage) =>
      stage.times(21, () => stage.post(stage.neighbour, 'login', { email: someone(), password: wrong })),
    passes: (stage) => stage.login(stage.service.visitor()),
  },
  {
    bucket: 'auth_register by address',
    fill: (stage) => stage.times(3, () => stage.post(stage.neighbour, 'register', {})),
    passes: async (stage) =>
      (await stage.post(stage.service.visitor(), 'register', { email: someone(), password })).status,
  },
  {
    bucket: 'password_reset by address',
    fill: (stage) =>
      stage.times(4, () => stage.post(stage.neighbour, 'password-reset', { email: stage.owner.email })),
    passes: async (stage) =>
      (await stage.post(stage.service.visitor(), 'password-reset', { email: stage.owner.email })).status,
  },
  {
    bucket: 'password_reset by session',
    fill: async (stage) => {
      const other = await stage.post(stage.service.visitor(), 'login', {
        email: stage.owner.email,
        password,
      });
      const token = other.json.access_token as string;
      await stage.times(4, () => stage.post(stage.service.visitor(), 'step-up', { password: wrong }, token));
    },
    passes: async (stage) =>
      (await stage.post(stage.owner.visitor, 'step-up', { password }, stage.owner.token)).status,
  },
  {
    bucket: 'auth_refresh by session',
    fill: async (stage) => {
      const thief = await signUp(stage.service);
      let token = thief.refreshToken;
      await stage.times(21, async () => {
        const answer = await stage.post(stage.owner.visitor, 'refresh', { refresh_token: token });
        if (answer.status === 200) token = answer.json.refresh_token as string;
        return answer;
      });
    },
    passes: (stage) => stage.refresh(stage.owner.visitor),
  },
  {
    bucket: 'auth_refresh by address, tokens of no session',
    fill: (stage) =>
      stage.times(61, () => stage.post(stage.neighbour, 'refresh', { refresh_token: madeUp() })),
    passes: (stage) => stage.refresh(stage.service.visitor()),
  },
  {
    bucket: 'auth_refresh by address, no tokens',
    fill: (stage) => stage.times(61, () => stage.post(stage.neighbour, 'refresh', { refresh_token: 'x' })),
    passes: (stage) => stage.refresh(stage.owner.visitor),
  },
  {
    bucket: 'api_standard by user, else address',
    fill: (stage) => stage.times(101, () => stage.neighbour.call('/api/v1/models')),
    passes: (stage) => stage.session(stage.owner.visitor),
  },
  {
    bucket: 'api_standard by address, API keys of a raised level',
    fill: (stage) =>
      stage.times(101, () =>
        stage.neighbour.call('/api/v1/auth/session', {
          token: `velro_${randomBytes(32).toString('base64url')}`,
        }),
      ),
    passes: (stage) => stage.session(stage.owner.visitor),
  },
  {
    bucket: 'api_standard by address, refused callbacks',
    fill: (stage) => stage.times(101, () => stage.neighbour.call('/api/v1/webhooks/fal', { body: {} })),
    passes: (stage) => stage.session(stage.owner.visitor),
  },
  {
    bucket: 'api_standard by address, refused messages to the gateway or of Messenger',
    fill: (stage) => stage.times(101, () => stage.neighbour.call('/api/v1/webhook/inbound', { body: {} })),
    passes: (stage) => stage.session(stage.owner.visitor),
  },
  {
    bucket: 'auth_login by address, operator',
    fill: (stage) =>
      stage.times(11, () =>
        stage.neighbour.call('/ops/telemetry', {
          headers: { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
        }),
      ),
    passes: (stage) => stage.login(stage.owner.visitor),
  },
];

/** Those of other kinds: mails in limits-of-strangers.spec.ts and email-change.spec.ts; visitors in visitors.spec.ts; a person's own ones, which nobody else can fill. */
const shownElsewhere = [
  'password_reset of mails by account',
  'password_reset of mails by known device',
  'password_reset of mails to a new address',
  'generation_create by user',
  'upload by user',
  'chat by user, or by visitor',
  'api_standard and chat by address, of visitors',
  'admin by administrator',
];

describe('a bucket of a limit', () => {
  let service: Service;
  beforeAll(async () => {
    // Levels would shrink limits of whoever fills them.
    service = await Service.start({ THREAT_RESPONSES: 'observe' });
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each(rows.map((row) => [row.bucket, row] as const))(
    '%s, filled by a stranger, refuses nothing of its owner',
    async (_bucket, { fill, passes }) => {
      const stage = await Stage.of(service);
      await fill(stage);
      expect([200, 201, 202]).toContain(await passes(stage));
    },
  );

  it('stands in the table of the security model, with who can fill it, who suffers and why that is right', () => {
    const text = readFileSync(join(projectRoot, 'docs', 'security-model.md'), 'utf8');
    const table = text.slice(text.indexOf('| bucket'), text.indexOf('\n\n', text.indexOf('| bucket')));
    const cells = table
      .split('\n')
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    expect(cells.map(([, bucket]) => bucket).sort()).toEqual(
      [...rows.map(({ bucket }) => bucket), ...shownElsewhere].sort(),
    );
    for (const [, bucket, ...reasons] of cells)
      expect([bucket, reasons.slice(0, 3).every((reason) => reason.length > 2)]).toEqual([bucket, true]);
  });

  it('is taken in no other place than those that the table was written for', () => {
    const places = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') &&
        !file.endsWith('.spec.ts') &&
        /(?:limiter|counters)\.take\(/.test(readFileSync(join(projectRoot, 'src', file), 'utf8')),
    );
    expect(places.sort()).toEqual([
      'features/accounts/passwords/mail-limits.ts',
      'features/accounts/sign-in/auth.controller.ts',
      // Calls of language models: ai-gateway.spec.ts.
      'features/assistants/gateway/call-limits.ts',
      'guards/limit.guard.ts',
      'guards/operator/operator.guard.ts',
      'guards/token/token.guard.ts',
      'perimeter/limits/address-limits.ts',
      'perimeter/limits/rate-limiter.ts',
      // Callbacks, messages to the gateway, and of Messenger.
      'perimeter/limits/refused-webhooks.ts',
    ]);
  });
});
