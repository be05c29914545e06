import { unavailable } from '../../../errors/problem.js';
import { IdentityUnavailable } from '../../../ports/identity-provider.js';

/** Maps IdentityUnavailable to 503. @throws Problem `unavailable` */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof IdentityUnavailable ? unavailable(error, 5) : error;
  }
}
