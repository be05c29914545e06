/** Whether a system call failed with one of `codes` (ENOENT, EEXIST …). */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
