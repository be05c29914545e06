import type { FastifyReply } from 'fastify';
import { ClientLeft } from '../../../../errors/client-left.js';

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
