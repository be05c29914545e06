import type { IncomingMessage } from 'node:http';

/** Bytes and milliseconds after which the rest of the body is no longer read. */
const patience = { bytes: 32 * 1024 * 1024, ms: 5000 };

/**
 * Reads and discards the rest of a refused request body. Closing while the client still sends would reset the connection
 * before the client has read the response. Never rejects.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let dropped = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      resolve();
    };
    const count = (part: Buffer): void => {
      dropped += part.length;
      if (dropped > patience.bytes) done();
    };
    const timer = setTimeout(done, patience.ms);
    if (request.complete || request.destroyed) done();
    else request.on('data', count).once('end', done).once('close', done).resume();
  });
}
