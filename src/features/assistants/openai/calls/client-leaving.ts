import type { FastifyReply } from 'fastify';

/** The client closed the connection before its answer had ended. */
class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

/** Aborted when the client goes away before its answer has ended. */
export function leavingOf({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  const look = (): void => {
    if (!raw.writableFinished) leaving.abort(new ClientLeft());
  };
  if (raw.destroyed) look();
  else raw.once('close', look);
  return leaving.signal;
}
