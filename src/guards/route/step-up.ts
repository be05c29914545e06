import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';

export const stepUpKey = 'velro:step-up';

/** Requires an `auth_time` within the last minutes (step-up authentication, RFC 9470), not only a valid token. */
export const StepUp = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(stepUpKey, true),
    ApiUnauthorizedResponse({
      description: 'Also `step_up_required`, when the last proof of identity is too old.',
    }),
  );
