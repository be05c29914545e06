import { generationPolicy } from '../../../../config/policy/generations/generations.js';

/** Seconds until the next try after `tries` that failed: exponential backoff with a bound and jitter. */
export function retrySeconds(tries: number): number {
  const { retryFirstSeconds, retryMaxSeconds } = generationPolicy;
  const longest = Math.min(retryMaxSeconds, retryFirstSeconds * 2 ** Math.min(tries, 16));
  return longest * (0.5 + Math.random() / 2);
}
