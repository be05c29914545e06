import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** An aborted call is no evidence about the provider. */
class CallerLeft extends Error {
  constructor(readonly error: unknown) {
    super();
  }
}

export interface BreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** Milliseconds until one call may ask again. */
  readonly pauseMs: number;
  /** Whether an error shows that the provider is available all the same. */
  readonly showsLife: (error: unknown) => boolean;
  /** Whether a failure says nothing, for the caller ended the call. */
  readonly isCallersEnd: (signal: AbortSignal) => boolean;
  /** What is thrown instead of a call. */
  readonly refusal: (cause: unknown) => Error;
}

/** Circuit breaker for the calls of one provider. */
export class CircuitBreaker {
  private readonly policy: CircuitBreakerPolicy;
  private openedAt = -Infinity;

  constructor(private readonly options: BreakerOptions) {
    this.policy = circuitBreaker(
      handleWhen((error) => !(error instanceof CallerLeft)),
      { halfOpenAfter: options.pauseMs, breaker: new ConsecutiveBreaker(options.failures) },
    );
    this.policy.onBreak(() => {
      this.openedAt = performance.now();
    });
  }

  get state(): BreakerState {
    if (this.policy.state === CircuitState.Closed) return 'closed';
    return this.policy.state === CircuitState.HalfOpen ? 'half_open' : 'open';
  }

  /** Whether every call is refused now. The circuit stays open behind its pause, until the next call asks. */
  get isResting(): boolean {
    return this.state === 'open' && performance.now() - this.openedAt < this.options.pauseMs;
  }

  /**
   * Makes the call unless the circuit is open.
   * @throws `refusal` while it is open; what the call throws
   */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    // The policy would let further calls wait for the probe, past their own deadlines.
    if (this.state === 'half_open') throw this.options.refusal(new Error('another call asks already'));
    let outcome: { readonly value: T } | { readonly error: unknown };
    try {
      outcome = await this.policy.execute(() => this.tried(call, signal));
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.options.refusal(error);
      throw error instanceof CallerLeft ? error.error : error;
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  private async tried<T>(
    call: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<{ readonly value: T } | { readonly error: unknown }> {
    try {
      return { value: await call() };
    } catch (error) {
      if (this.options.showsLife(error)) return { error };
      // An aborted probe is no success: the circuit stays open.
      if (this.options.isCallersEnd(signal) && this.state !== 'half_open') throw new CallerLeft(error);
      throw error;
    }
  }
}
