/** How an administrator signs in for `security:audit`; null for what is not set. */
export interface AuditCredentials {
  readonly token: string | null;
  readonly email: string | null;
  readonly password: string | null;
  readonly code: string | null;
}

/** Where the log of the service is collected. */
export interface LogStore {
  /** Of a Loki. */
  readonly url: string;
  /** The labels of the lines of the service. */
  readonly selector: string;
  readonly token: string | null;
}

const read = (name: string): string | null => process.env[name] ?? null;

/** From the environment of the command alone: .env is of the service, which has no such sign-in. */
export const readAuditCredentials = (): AuditCredentials => ({
  token: read('VELRO_AUDIT_TOKEN'),
  email: read('VELRO_AUDIT_EMAIL'),
  password: read('VELRO_AUDIT_PASSWORD'),
  code: read('VELRO_AUDIT_CODE'),
});

/** Null: the address of none is set. From the environment of the command alone. */
export function readLogStore(): LogStore | null {
  const url = read('VELRO_AUDIT_LOGS_URL');
  const selector = read('VELRO_AUDIT_LOGS_SELECTOR') ?? '{job="velro"}';
  return url === null ? null : { url, selector, token: read('VELRO_AUDIT_LOGS_TOKEN') };
}
