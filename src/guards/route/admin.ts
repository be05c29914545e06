import { applyDecorators, SetMetadata } from '@nestjs/common';
import { administrators } from '../../../config/policy/accounts/roles.js';
import { SignedIn } from './access.js';
import { Limit } from './limit.js';
import { StepUp } from './step-up.js';

export const adminAddressOnlyKey = 'velro:admin-address-only';

/** Only from the addresses of ADMIN_IP_ALLOWLIST, where that is set. */
const AdminAddressOnly = (): MethodDecorator & ClassDecorator => SetMetadata(adminAddressOnlyKey, true);

/** For administrators: requires the role, a fresh proof (step-up) and an allowed address, with its own rate limit. */
export const Admin = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SignedIn(...administrators), StepUp(), AdminAddressOnly(), Limit('admin'));
