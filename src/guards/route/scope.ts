import { SetMetadata } from '@nestjs/common';
import type { Scope as ScopeName } from '../../../config/policy/accounts/scopes.js';

export const scopeKey = 'velro:scope';

/**
 * The scope that an API key needs to call a route; without this decorator no key is accepted. Access tokens need no
 * scope.
 */
export const Scope = (scope: ScopeName): MethodDecorator => SetMetadata(scopeKey, scope);
