import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';

export const stepUpKey = 'velro:step-up';

/** The caller must have proved who they are within the last minutes, not only hold a living token. */
export const StepUp = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(stepUpKey, true),
    ApiUnauthorizedResponse({
      description: 'Also `step_up_required`, when the last proof of identity is too old.',
    }),
  );
