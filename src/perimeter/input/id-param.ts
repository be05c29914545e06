import { Param, type PipeTransform } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const uuidPipe: PipeTransform = {
  transform(value: unknown): string {
    // What is no id names nothing: the same answer as an id that names nothing of yours.
    if (typeof value !== 'string' || !uuid.test(value)) throw new Problem('not_found');
    return value.toLowerCase();
  },
};

/** The `:id` of the path. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, uuidPipe);
