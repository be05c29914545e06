import { Param, type PipeTransform } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
import { isUuid } from '../../crypto/uuid.js';

const uuidPipe: PipeTransform = {
  transform(value: unknown): string {
    // What is no id names nothing: the same answer as an id that names nothing of yours.
    const id = typeof value === 'string' ? value.toLowerCase() : value;
    if (!isUuid(id)) throw new Problem('not_found');
    return id;
  },
};

/** The `:id` of the path. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, uuidPipe);
