import { Problem, type FieldFault } from '../../../errors/problem.js';

/** @throws Problem `validation_failed` with `faults`, when there are any */
export function assertValidPassword(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new Problem('validation_failed', { errors: faults });
}
