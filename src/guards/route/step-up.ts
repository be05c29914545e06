import { SetMetadata } from '@nestjs/common';

export const stepUpKey = 'velro:step-up';

/** Requires an `auth_time` within the last minutes (step-up authentication, RFC 9470), not only a valid token. */
export const StepUp = (): MethodDecorator & ClassDecorator => SetMetadata(stepUpKey, true);
