import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Malformed } from '../values/parse-values.js';
import type { ValidationResult } from '../values/validation-result.js';
import { variables } from './environment.fields.js';
import { Environment } from './environment.js';

/** Parses the texts. An invalid one is refused and left out, so that no rule reads it. */
export function readEnvironment(
  texts: Readonly<Record<string, string>>,
  result: ValidationResult,
): Environment {
  const environment = plainToInstance(Environment, texts, { excludeExtraneousValues: true });
  for (const error of validateSync(environment, { stopAtFirstError: true })) {
    const { property, constraints = {}, contexts = {} } = error;
    if (error.value instanceof Malformed) result.refuse(property, error.value.reason, error.value.hint);
    else {
      for (const [constraint, reason] of Object.entries(constraints)) {
        const context = contexts[constraint] as { hint: string };
        result.refuse(property, reason, context.hint);
      }
    }
    Reflect.deleteProperty(environment, property);
  }
  return environment;
}

/** The variables in the order of the class: the order in which faults are shown. */
export const variableNames = (): readonly string[] => [...variables.keys()];

/** The secret variables: each is also read from the file that `<NAME>_FILE` names. */
export const secretNames = (): readonly string[] =>
  [...variables].filter(([, { secret }]) => secret).map(([name]) => name);
