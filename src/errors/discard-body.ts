import type { IncomingMessage } from 'node:http';

/** Bytes and milliseconds: beyond, the connection is simply cut. */
const patience = { bytes: 32 * 1024 * 1024, ms: 5000 };

/**
 * Reads what still comes of a refused body and drops it. Answering and closing while the client still sends would
 * reset the connection, and the answer would be lost with it.
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
