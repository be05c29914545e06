import { SetMetadata } from '@nestjs/common';
import type { RouteScope } from '../../../config/policy/accounts/scopes.js';

export const scopeKey = 'velro:scope';

/**
 * The scope that an API key needs to call a route; without this decorator no key is accepted. `visitor`: visitors may call it, and no
 * key. Access tokens need no scope.
 */
export const Scope = (scope: RouteScope): MethodDecorator => SetMetadata(scopeKey, scope);

export const keysOnlyKey = 'velro:keys-only';

/** Access tokens are refused: only an API key of the route's scope may call it. */
export const KeysOnly = (): MethodDecorator => SetMetadata(keysOnlyKey, true);
