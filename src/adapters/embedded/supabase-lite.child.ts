import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { App, type EmailDriver } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import { decoyEmail } from '../supabase/decoy.js';
import { LiteAdmin } from './supabase-lite.admin.js';
import type { LiteReport, LiteStart } from './supabase-lite.messages.js';

/** Bytes; the identity service itself sets no limit. */
const bodyLimit = 64 * 1024;
const routes = '/auth/v1/';

const report = (message: LiteReport, then: () => void = () => undefined): void => {
  if (process.connected) process.send?.(message, then);
};

// A separate process, because its password hashing is slow JavaScript. It exits with its parent.
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGKILL');
});
// The parent may have exited while this process was loading.
if (!process.connected) process.kill(process.pid, 'SIGKILL');
process.once('message', (start) => {
  serve(start as LiteStart).catch(fail);
});

function fail(error: unknown): void {
  // Only the first line: the library's configuration error includes the whole configuration with its keys.
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  report({ kind: 'failed', reason }, () => {
    process.disconnect();
  });
}

async function serve(start: LiteStart): Promise<void> {
  const email: EmailDriver = {
    send: (mail: { to: string | string[]; subject: string; text?: string; html?: string }) => {
      const to = Array.isArray(mail.to) ? mail.to.join(', ') : mail.to;
      // The decoy must be confirmed: otherwise it is refused before its password is checked (timing).
      if (to === decoyEmail) setImmediate(() => void confirmDecoy(app, mail.text ?? ''));
      else
        report({
          kind: 'mail',
          mail: { to, subject: mail.subject, text: mail.text ?? '', html: mail.html ?? '' },
        });
      return Promise.resolve();
    },
  };
  const app = new App({
    connection: createPostgresConnection({
      url: start.databaseUrl,
      // Suppresses a notice for every existing table at every start.
      postgresOptions: { max: 4, connect_timeout: 1, onnotice: () => undefined },
    }),
    auth: {
      enabled: true,
      jwt_secret: start.jwtSecret,
      site_url: start.siteUrl,
      publishable_key: start.publishableKey,
      secret_key: start.secretKey,
      email: { enable_confirmations: start.confirmEmail },
    },
    options: { drivers: { email } },
  });
  await app.init();
  await app.ensureSystemSchema();
  const admin = new LiteAdmin(start.databaseUrl, start.secretKey);
  const server = createServer((request, response) => {
    answer(app, admin, request, response).catch(() => {
      response.writeHead(500).end();
    });
  });
  server.once('error', fail);
  server.listen(start.port, '127.0.0.1', () => {
    const address = server.address();
    report({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
}

async function answer(
  app: App,
  admin: LiteAdmin,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '/';
  if (!path.startsWith(routes)) {
    response.writeHead(404).end();
    return;
  }
  const body = await read(request);
  if (body === null) {
    response.writeHead(413).end();
    return;
  }
  const known = await admin.answer(request, body.toString());
  if (known !== null) {
    response.writeHead(known.status, { 'content-type': 'application/json' }).end(JSON.stringify(known.body));
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const answered = await app.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method,
      headers,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    }),
  );
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}

async function read(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyLimit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function confirmDecoy(app: App, text: string): Promise<void> {
  const token = /token=([0-9a-f]+)/.exec(text)?.[1] ?? '';
  await app.fetch(new Request(`http://127.0.0.1/auth/v1/verify?token=${token}&type=signup`));
}
