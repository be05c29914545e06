import { Problem } from '../../../errors/problem.js';
import { refusalReasons, type Refusal } from './file-refused.js';

/** What the sender of a refused file is told: never what exactly was found in it. */
export function problemOf(refusal: Refusal, cause: unknown): Problem {
  switch (refusal.kind) {
    case 'name':
      return new Problem('file_name_refused', { cause });
    case 'type':
      return new Problem('file_type_refused', { cause });
    case 'infected':
      return new Problem('file_infected', { cause });
    case 'content': {
      const { reason } = refusal;
      const errors = [{ field: 'file', code: reason, message: refusalReasons[reason] }];
      return new Problem('file_refused', { cause, errors });
    }
  }
}
