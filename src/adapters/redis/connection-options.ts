import type { RedisOptions } from 'ioredis';
import type { Secret } from '../../../config/values/secret.js';

const connectTimeoutMs = 2000;
/** A connection on which something is asked and nothing comes back for so long is given up, also while it is being made. */
const silenceLimitMs = 1000;
const longestRetryMs = 1000;

/** Read by ourselves: the library would take any of its options from the query of a URL. */
export function connectionOptions(secret: Secret): RedisOptions & { replyMapping?: 'legacy' } {
  const url = new URL(secret.reveal());
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    // Said aloud, so that no variable of Node's switches it off.
    ...(url.protocol === 'rediss:' ? { tls: { rejectUnauthorized: true } } : {}),
    protocol: 2,
    connectionName: 'velro',
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceLimitMs,
    disconnectTimeout: 50,
    // For ever, since an instance must find back without a restart; apart, so that they do not all come at once.
    retryStrategy: (tries) => Math.min(tries * 100, longestRetryMs) * (0.75 + Math.random() / 2),
    // A server that became a replica refuses to write: its name may lead to the new primary by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    // Nothing waits for a connection, and nothing is sent twice: a hit that was counted would be counted again.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
}
