import type { RedisOptions } from 'ioredis';
import type { Secret } from '../../../config/values/secret.js';

const connectTimeoutMs = 2000;
/** Milliseconds without a response after which a connection is given up, also while connecting. */
const silenceLimitMs = 1000;
const longestRetryMs = 1000;

/** Parsed here: the library would accept any of its options from the query of a URL. */
export function connectionOptions(secret: Secret): RedisOptions & { replyMapping?: 'legacy' } {
  const url = new URL(secret.reveal());
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot disable it.
    ...(url.protocol === 'rediss:' ? { tls: { rejectUnauthorized: true } } : {}),
    protocol: 2,
    connectionName: 'velro',
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceLimitMs,
    disconnectTimeout: 50,
    // Retries forever, because an instance must reconnect without a restart; with jitter, so that instances do not
    // reconnect at once.
    retryStrategy: (tries) => Math.min(tries * 100, longestRetryMs) * (0.75 + Math.random() / 2),
    // A server that became a replica refuses writes: its name may resolve to the new primary by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    // No offline queue and no resend: a hit that was counted would be counted again.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
}
