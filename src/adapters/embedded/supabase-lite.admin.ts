import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import pg from 'pg';
import { equalInConstantTime } from '../../crypto/hash.js';

const userPath = /^\/auth\/v1\/admin\/users\/([0-9a-f-]{36})$/;
const linkPath = '/auth/v1/admin/generate_link';
/** Postgres: a value that must be unique is there already. */
const uniqueViolation = '23505';

interface Reply {
  readonly status: number;
  readonly body: object;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly banned_until: Date | null;
  readonly created_at: Date;
}

const refusal = (status: number, code: string): Reply => ({
  status,
  body: { code: status, error_code: code, msg: code.replaceAll('_', ' ') },
});

const shown = ({ id, email, banned_until, created_at }: UserRow): object => ({
  id,
  email,
  created_at,
  aud: 'authenticated',
  app_metadata: {},
  user_metadata: {},
  ...(banned_until === null ? {} : { banned_until }),
});

/**
 * The admin calls of Supabase Auth that the service makes and `@supabase/lite` does not have: one user by id, its new
 * address, its removal, and a link for a reset that is sent to nobody.
 */
export class LiteAdmin {
  private readonly pool: pg.Pool;

  constructor(
    databaseUrl: string,
    private readonly secretKey: string,
  ) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 1000 });
    this.pool.on('error', () => undefined);
  }

  /** Null for every other request. `text`: the body. */
  async answer({ method, url = '', headers }: IncomingMessage, text: string): Promise<Reply | null> {
    const id = userPath.exec(url)?.[1];
    const call =
      id !== undefined && method === 'GET'
        ? () => this.find(id)
        : id !== undefined && method === 'PUT'
          ? () => this.setEmail(id, stringIn(text, 'email'))
          : id !== undefined && method === 'DELETE'
            ? () => this.remove(id)
            : url === linkPath && method === 'POST' && stringIn(text, 'type') === 'recovery'
              ? () => this.replaceResetLink(stringIn(text, 'email'))
              : null;
    if (call === null) return null;
    return equalInConstantTime(headers.authorization ?? '', `Bearer ${this.secretKey}`)
      ? call()
      : refusal(401, 'no_authorization');
  }

  private async find(id: string): Promise<Reply> {
    return this.one('select id, email, banned_until, created_at from auth.users where id = $1', [id]);
  }

  private async setEmail(id: string, email: string | null): Promise<Reply> {
    if (email === null) return refusal(422, 'validation_failed');
    try {
      return await this.one(
        `update auth.users set email = $2, email_confirmed_at = coalesce(email_confirmed_at, now()), updated_at = now()
          where id = $1 returning id, email, banned_until, created_at`,
        [id, email],
      );
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === uniqueViolation)
        return refusal(422, 'email_exists');
      throw error;
    }
  }

  /** With all that hangs on it, which the tables there do not take along by themselves. */
  private async remove(id: string): Promise<Reply> {
    return this.one(
      `with tokens as (delete from auth.refresh_tokens where user_id::text = $1),
          sessions as (delete from auth.sessions where user_id::text = $1),
          identities as (delete from auth.identities where user_id::text = $1),
          flows as (delete from auth.flow_state where user_id::text = $1),
          log as (delete from auth.audit_log_entries l using auth.users u where u.id = $1::uuid
            and (position($1 in l.payload::text) > 0 or position(u.email in l.payload::text) > 0))
        delete from auth.users where id = $1::uuid returning id, email, banned_until, created_at`,
      [id],
    );
  }

  private async replaceResetLink(email: string | null): Promise<Reply> {
    const token = randomBytes(28).toString('hex');
    const { status, body } = await this.one(
      `update auth.users set recovery_token = $2, recovery_sent_at = now() where email = $1
        returning id, email, banned_until, created_at`,
      [email, token],
    );
    if (status !== 200) return { status, body };
    const link = { action_link: '', email_otp: '', hashed_token: token, redirect_to: '' };
    return { status, body: { ...body, ...link, verification_type: 'recovery' } };
  }

  private async one(statement: string, values: readonly (string | null)[]): Promise<Reply> {
    const { rows } = await this.pool.query<UserRow>(statement, [...values]);
    const [user] = rows;
    return user === undefined ? refusal(404, 'user_not_found') : { status: 200, body: shown(user) };
  }
}

/** A text of a JSON body; null when there is none. */
function stringIn(text: string, key: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : null;
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
