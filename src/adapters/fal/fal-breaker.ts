import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { FalRejected, FalUnreached } from './fal-errors.js';
import type { FalLimits } from './fal-limits.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** An aborted call is no evidence about fal. */
class CallerLeft extends Error {
  constructor(readonly error: unknown) {
    super();
  }
}

/** Circuit breaker for calls of fal. */
export class FalBreaker {
  private readonly policy: CircuitBreakerPolicy;

  constructor({ breakerFailures, breakerPauseMs }: Pick<FalLimits, 'breakerFailures' | 'breakerPauseMs'>) {
    this.policy = circuitBreaker(
      handleWhen((error) => !(error instanceof CallerLeft)),
      { halfOpenAfter: breakerPauseMs, breaker: new ConsecutiveBreaker(breakerFailures) },
    );
  }

  get state(): BreakerState {
    if (this.policy.state === CircuitState.Closed) return 'closed';
    return this.policy.state === CircuitState.HalfOpen ? 'half_open' : 'open';
  }

  /**
   * Makes the call unless the circuit is open.
   * @throws FalUnreached while it is open; what the call throws
   */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    // The policy would let further calls wait for the probe, past their own deadlines.
    if (this.state === 'half_open') throw new FalUnreached('another call asks whether fal is back');
    let outcome: { readonly value: T } | { readonly refusal: FalRejected };
    try {
      outcome = await this.policy.execute(() => this.tried(call, signal));
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new FalUnreached(error);
      throw error instanceof CallerLeft ? error.error : error;
    }
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.value;
  }

  private async tried<T>(
    call: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<{ readonly value: T } | { readonly refusal: FalRejected }> {
    try {
      return { value: await call() };
    } catch (error) {
      // A refusal shows that fal is available; so does a job that fails in its model.
      if (error instanceof FalRejected && isAlive(error)) return { refusal: error };
      // An aborted probe is no success: the circuit stays open.
      if (signal.aborted && this.state !== 'half_open') throw new CallerLeft(error);
      throw error;
    }
  }
}

function isAlive({ status, rejection }: FalRejected): boolean {
  return (status >= 400 && status < 500) || rejection.source === 'model';
}
