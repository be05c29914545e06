import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problem } from '../../errors/problem.js';
import { uuidSchema } from '../output/properties.js';
import { isUuid } from '../../crypto/uuid.js';

const uuidPipe: PipeTransform = {
  transform(value: unknown): string {
    // An invalid id gets the same answer as an unknown one.
    const id = typeof value === 'string' ? value.toLowerCase() : value;
    if (!isUuid(id)) throw new Problem('not_found');
    return id;
  },
};

/** The `:id` of the path, in lower case. @throws Problem `not_found` when it is no UUID */
export const IdParam =
  (name = 'id'): ParameterDecorator =>
  (target, key, index) => {
    Param(name, uuidPipe)(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key !== undefined && method !== undefined)
      ApiParam({ name, description: 'Of a resource of yours.', schema: { type: 'string', ...uuidSchema } })(
        target,
        key,
        method,
      );
  };
