/**
 * The headers by which clients of OpenAI read a limit.
 * Source: https://platform.openai.com/docs/guides/rate-limits
 */
export const openAiLimit = (
  of: 'requests' | 'tokens',
  limit: number,
  remaining: number,
  resetSeconds: number,
): Readonly<Record<string, string>> => ({
  [`x-ratelimit-limit-${of}`]: String(limit),
  [`x-ratelimit-remaining-${of}`]: String(remaining),
  [`x-ratelimit-reset-${of}`]: durationOf(resetSeconds),
});

/** Seconds as OpenAI writes them: 45s, 6m0s, 23h59m59s. */
function durationOf(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}
