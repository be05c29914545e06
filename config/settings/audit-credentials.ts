/** How an administrator signs in for `security:audit`; null for what is not set. */
export interface AuditCredentials {
  readonly token: string | null;
  readonly email: string | null;
  readonly password: string | null;
  readonly code: string | null;
}

const read = (name: string): string | null => process.env[name] ?? null;

/** From the environment of the command alone: .env is of the service, which has no such sign-in. */
export const readAuditCredentials = (): AuditCredentials => ({
  token: read('VELRO_AUDIT_TOKEN'),
  email: read('VELRO_AUDIT_EMAIL'),
  password: read('VELRO_AUDIT_PASSWORD'),
  code: read('VELRO_AUDIT_CODE'),
});
