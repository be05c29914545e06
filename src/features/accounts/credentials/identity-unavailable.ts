import { unavailable } from '../../../errors/problem.js';
import { IdentityUnavailable } from '../../../ports/identity-provider.js';

/** Turns an identity provider that cannot be asked into 503. */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof IdentityUnavailable ? unavailable(error, 5) : error;
  }
}
