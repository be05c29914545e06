import type { paths } from '../schema.js';

export const generationsPath = '/api/v1/generations' satisfies keyof paths;

/** Sign-ins and what leads to one: they carry the token of the device, and never one of a session that may have ended. */
const withDevice: readonly (keyof paths)[] = [
  '/api/v1/auth/register',
  '/api/v1/auth/login',
  '/api/v1/auth/mfa/verify',
  '/api/v1/auth/exchange',
  '/api/v1/auth/password-reset',
  '/api/v1/auth/password-reset-confirm',
  '/api/v1/auth/email-verify',
  '/api/v1/auth/email-resend',
];

/** Posts that would cost twice if a repeat had its effect twice. */
const withKey: readonly (keyof paths)[] = [generationsPath, '/api/v1/generations/{id}/retry'];

export const logoutPath = '/api/v1/auth/logout' satisfies keyof paths;
export const refreshPath = '/api/v1/auth/refresh' satisfies keyof paths;
export const eventsPath = '/api/v1/generations/{id}/events' satisfies keyof paths;

export const isSignIn = (path: string): boolean => withDevice.some((one) => one === path);
/** Whether an answer of this path or URL may bring tokens. */
export const bringsTokens = (path: string): boolean => path.includes('/api/v1/auth/');
export const needsKey = (method: string, path: string): boolean =>
  method === 'post' && withKey.some((one) => one === path);
