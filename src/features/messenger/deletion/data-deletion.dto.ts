import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { deletionPolicy } from '../../../../config/policy/assistants/messenger.js';
import { TextProperty, UuidProperty } from '../../../perimeter/output/properties.js';

export class DeletionReceipt {
  @TextProperty({ max: 2048, description: 'Where it says how far the request is.' }) url!: string;
  @UuidProperty() confirmation_code!: string;
}

/** The form that Meta posts. */
export const DescribeSignedForm = (): MethodDecorator =>
  applyDecorators(
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiBody({
      schema: {
        type: 'object',
        required: ['signed_request'],
        properties: {
          signed_request: {
            type: 'string',
            pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
            maxLength: deletionPolicy.formCharacters,
          },
        },
      },
    }),
  );
