import { Param, type PipeTransform } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
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
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, uuidPipe);
