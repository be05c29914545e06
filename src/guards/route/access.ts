import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth } from '@nestjs/swagger';
import type { TokenRole } from '../../../config/policy/accounts/roles.js';
import { Limit, Unlimited } from './limit.js';

/** Who may call a route. */
export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'signed-in'; readonly roles: readonly TokenRole[] }
  | { readonly kind: 'operator'; readonly metricsToken: boolean };

export const accessKey = 'velro:access';

/** Anybody may call it: the written exception. */
export const Open = (): MethodDecorator & ClassDecorator =>
  SetMetadata(accessKey, { kind: 'open' } satisfies Access);

export const signedKey = 'velro:signed';

/**
 * Another service calls it, and signs what it sends: the feature judges the signature over the bytes as they came. The
 * body is that service's, not a person's: it is not searched for attacks, and not counted while the signature is right.
 */
export const SignedBySender = (): MethodDecorator & ClassDecorator =>
  applyDecorators(Open(), Unlimited(), SetMetadata(signedKey, true));

/** Whoever holds a living access token may call it, but for who has yet to enrol a factor; with roles, only those. */
export const SignedIn = (...roles: TokenRole[]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(accessKey, { kind: 'signed-in', roles } satisfies Access), ApiBearerAuth());

/** Only the operator, by Basic auth from an address of ADMIN_IP_ALLOWLIST; where it says so, METRICS_TOKEN opens it too. */
export const OperatorAuth = ({ metricsToken = false } = {}): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(accessKey, { kind: 'operator', metricsToken } satisfies Access),
    Limit('admin'),
    ApiBasicAuth(),
    ...(metricsToken ? [ApiBearerAuth()] : []),
  );
