import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { requestLimits } from '../../../config/policy/perimeter/http.js';
import { Problem, type FieldFault } from '../../errors/problem.js';

/** Every DTO, everywhere: unknown fields, wrong types and values out of bounds are refused before a controller runs. */
export function inputValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new Problem('validation_failed', {
        errors: listFaults(errors).slice(0, requestLimits.maxErrorsListed),
      }),
  });
}

/** Names and reasons. The name of an unknown field is untrusted text: it is truncated and sanitised. */
function listFaults(errors: readonly ValidationError[], path = ''): FieldFault[] {
  return errors.flatMap((error) => {
    const field = `${path}${error.property.replaceAll(/[^\w.-]/g, '?').slice(0, 64)}`;
    const own = Object.keys(error.constraints ?? {}).map((rule) => ({
      field,
      ...describe(rule, error.constraints?.[rule] ?? ''),
    }));
    return [...own, ...listFaults(error.children ?? [], `${field}.`)];
  });
}

function describe(rule: string, message: string): { code: string; message: string } {
  if (rule === 'whitelistValidation')
    return { code: 'unknown_field', message: 'is not a field of this request' };
  return { code: rule.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase(), message };
}
