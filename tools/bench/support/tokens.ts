// Signs access tokens for users that have not signed in, with the key of the service.
import { createHmac, randomUUID } from 'node:crypto';
import { jwtSecretOf, type Service } from './service.ts';

/** One token for each id, with the claims of `pattern`, a token of the same service, and these. */
export function signedFor(
  service: Service,
  pattern: string,
  ids: readonly string[],
  more: { readonly role?: string } = {},
): string[] {
  const secret = jwtSecretOf(service);
  const [head = '', body = ''] = pattern.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  return ids.map((sub) => {
    const own = { ...claims, ...more, sub, sid: randomUUID(), jti: randomUUID() };
    const message = `${head}.${Buffer.from(JSON.stringify(own)).toString('base64url')}`;
    return `${message}.${createHmac('sha512', secret).update(message).digest('base64url')}`;
  });
}
