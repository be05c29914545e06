import { randomUUID } from 'node:crypto';
import type { ClientContext } from '../../../src/network/client-context.js';

/** Of somebody who is not signed in. */
export const client: ClientContext = {
  ip: '192.0.2.7',
  requestId: randomUUID(),
  userId: null,
  device: 'a device',
  deviceToken: null,
  method: 'POST',
  route: '/api/v1/auth/mfa/verify',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  account: null,
  accountOf: () => null,
};
