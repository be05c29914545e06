import type { IncomingMessage } from 'node:http';
import pg from 'pg';
import { equalInConstantTime } from '../../crypto/hash.js';

const userPath = /^\/auth\/v1\/admin\/users\/([0-9a-f-]{36})$/;

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** The one admin call of Supabase Auth that the service makes and `@supabase/lite` does not have: one user by id. */
export class LiteAdmin {
  private readonly pool: pg.Pool;

  constructor(
    databaseUrl: string,
    private readonly secretKey: string,
  ) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 1000 });
    this.pool.on('error', () => undefined);
  }

  /** Null for every other request. */
  async answer({ method, url, headers }: IncomingMessage): Promise<Reply | null> {
    const id = method === 'GET' ? userPath.exec(url ?? '')?.[1] : undefined;
    if (id === undefined) return null;
    if (!equalInConstantTime(headers.authorization ?? '', `Bearer ${this.secretKey}`))
      return { status: 401, body: { code: 401, error_code: 'no_authorization', msg: 'no authorization' } };
    const { rows } = await this.pool.query<{ email: string; banned_until: Date | null; created_at: Date }>(
      'select email, banned_until, created_at from auth.users where id = $1',
      [id],
    );
    const [user] = rows;
    if (user === undefined)
      return { status: 404, body: { code: 404, error_code: 'user_not_found', msg: 'user not found' } };
    const { email, banned_until, created_at } = user;
    const metadata = { aud: 'authenticated', app_metadata: {}, user_metadata: {} };
    return {
      status: 200,
      body: { id, email, created_at, ...metadata, ...(banned_until === null ? {} : { banned_until }) },
    };
  }
}
