import { ApiHeader } from '@nestjs/swagger';
import { deviceTokenCharacters } from '../../../network/client-context.js';

/** Describes the header of a known device, whose sign-ins have limits of their own. */
export const DeviceTokenHeader = (): MethodDecorator & ClassDecorator =>
  ApiHeader({
    name: 'X-Device-Token',
    required: false,
    description:
      '`device_token` of an earlier sign-in from this device: failures of others do not lock it out.',
    schema: { type: 'string', minLength: 1, maxLength: deviceTokenCharacters, pattern: '^[A-Za-z0-9_-]+$' },
  });
