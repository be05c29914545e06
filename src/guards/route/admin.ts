import { applyDecorators, SetMetadata } from '@nestjs/common';
import { administrators } from '../../../config/policy/accounts/roles.js';
import { SignedIn } from './access.js';
import { Limit } from './limit.js';
import { StepUp } from './step-up.js';

export const adminAddressOnlyKey = 'velro:operators-only';

/** Only from the addresses of ADMIN_IP_ALLOWLIST, where that is set. */
const AdminAddressOnly = (): MethodDecorator & ClassDecorator => SetMetadata(adminAddressOnlyKey, true);

/** For administrators: role, a fresh proof of the second factor, the operators' addresses, and a limit of its own. */
export const Admin = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SignedIn(...administrators), StepUp(), AdminAddressOnly(), Limit('admin'));
