import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { TokenRole } from '../../config/policy/roles.js';

/** Who may call a route. */
export type Access =
  { readonly kind: 'open' } | { readonly kind: 'signed-in'; readonly roles: readonly TokenRole[] };

export const accessKey = 'velro:access';

/** Anybody may call it: the written exception. */
export const Open = (): MethodDecorator & ClassDecorator =>
  SetMetadata(accessKey, { kind: 'open' } satisfies Access);

/** Whoever holds a living access token may call it, but for who has yet to enrol a factor; with roles, only those. */
export const SignedIn = (...roles: TokenRole[]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(accessKey, { kind: 'signed-in', roles } satisfies Access), ApiBearerAuth());
