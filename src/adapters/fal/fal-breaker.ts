import { CircuitBreaker, type BreakerState } from '../circuit-breaker.js';
import { FalRejected, FalUnreached } from './fal-errors.js';
import type { FalLimits } from './fal-limits.js';

export type { BreakerState };

/** Circuit breaker for calls of fal. A refusal shows that fal is available; so does a job that fails in its model. */
export class FalBreaker extends CircuitBreaker {
  constructor({ breakerFailures, breakerPauseMs }: Pick<FalLimits, 'breakerFailures' | 'breakerPauseMs'>) {
    super({
      failures: breakerFailures,
      pauseMs: breakerPauseMs,
      showsLife: (error) => error instanceof FalRejected && isAlive(error),
      isCallersEnd: (signal) => signal.aborted,
      refusal: (cause) => new FalUnreached(cause),
    });
  }
}

function isAlive({ status, rejection }: FalRejected): boolean {
  return (status >= 400 && status < 500) || rejection.source === 'model';
}
