import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { TokenRole } from '../../../config/policy/accounts/roles.js';
import { Limit, Unlimited } from './limit.js';

/** Who may call a route. */
export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'signed-in'; readonly roles: readonly TokenRole[] }
  | { readonly kind: 'operator'; readonly metricsToken: boolean };

export const accessKey = 'velro:access';

/** Callable without authentication: the explicit exception. */
export const Open = (): MethodDecorator & ClassDecorator =>
  SetMetadata(accessKey, { kind: 'open' } satisfies Access);

export const signedKey = 'velro:signed';

/**
 * Called by another service that signs its requests: the feature verifies the signature over the raw bytes. The body is
 * not inspected for attacks, and validly signed requests are not rate limited.
 */
export const SignedBySender = (): MethodDecorator & ClassDecorator =>
  applyDecorators(Open(), Unlimited(), SetMetadata(signedKey, true));

export const opaqueBodyKey = 'velro:opaque-body';

/** The body is not inspected for attacks: it quotes what others wrote, and nothing of it is kept or shown. */
export const OpaqueBody = (): MethodDecorator & ClassDecorator => SetMetadata(opaqueBodyKey, true);

/** Requires a valid access token, except one of role `enrolling`; with roles, one of these roles. */
export const SignedIn = (...roles: TokenRole[]): MethodDecorator & ClassDecorator =>
  SetMetadata(accessKey, { kind: 'signed-in', roles } satisfies Access);

/**
 * Only the operator, by Basic auth from an address of ADMIN_IP_ALLOWLIST; with `metricsToken`, METRICS_TOKEN is
 * accepted too.
 */
export const OperatorAuth = ({ metricsToken = false } = {}): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(accessKey, { kind: 'operator', metricsToken } satisfies Access),
    Limit('admin'),
  );
