import { Problem, type FieldFault } from '../../../errors/problem.js';

/** @throws Problem `validation_failed` with what is wrong with the password */
export function assertValidPassword(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new Problem('validation_failed', { errors: faults });
}
