import type { Socket } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';

interface Connector {
  connect(report: unknown): Promise<Socket>;
}

/**
 * A client whose streams may fail more than once. The library (ioredis 5, `Redis.connect`) listens to the first error of a stream alone; TLS
 * can report another behind it, such as an alert of the server, and an error that nobody listens to ends the process. `onStream` is told
 * of each stream before its handshake is over.
 */
export function redisClient(
  options: RedisOptions & { replyMapping?: 'legacy' },
  onStream: (stream: Socket) => void = () => undefined,
): Redis {
  const redis = new Redis(options);
  const { connector } = redis as unknown as { readonly connector: Connector };
  const connect = connector.connect.bind(connector);
  connector.connect = async (report) => {
    const stream = await connect(report);
    stream.on('error', () => undefined);
    onStream(stream);
    return stream;
  };
  return redis;
}
