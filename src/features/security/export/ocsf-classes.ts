import type { SecurityEventName } from '../../../observability/security-events.js';

/** The classes of OCSF that our events belong to, by their `class_uid`. */
export const ocsfClasses = {
  accountChange: 3001,
  authentication: 3002,
  httpActivity: 4002,
  applicationLifecycle: 6002,
  apiActivity: 6003,
  detectionFinding: 2004,
} as const;
export type OcsfClass = keyof typeof ocsfClasses;

interface OcsfMapping {
  readonly class: OcsfClass;
  /** `activity_id`; `method`: that of the request's method. */
  readonly activity: number | 'method';
  /** Whether what the event is about came to pass; findings have no outcome. */
  readonly outcome: 'success' | 'failure' | null;
}

const of = (
  name: OcsfClass,
  activity: OcsfMapping['activity'],
  outcome: OcsfMapping['outcome'] = 'success',
): OcsfMapping => ({ class: name, activity, outcome });

const finding = of('detectionFinding', 1, null);
export const other = 99;

/** An event that this version does not know is exported all the same: a later one, rolled back since, may have stored it. */
export const mappingOf = (event: string): OcsfMapping =>
  (ocsfMappings as Readonly<Partial<Record<string, OcsfMapping>>>)[event] ?? of('apiActivity', other, null);

/** Every event of the catalogue: activities by the numbers of OCSF 1.3. */
export const ocsfMappings: Readonly<Record<SecurityEventName, OcsfMapping>> = {
  authn_login_success: of('authentication', 1),
  authn_login_fail: of('authentication', 1, 'failure'),
  authn_login_fail_max: of('authentication', 1, 'failure'),
  session_logout: of('authentication', 2),
  authn_login_lock: of('accountChange', 9),
  authn_password_change: of('accountChange', 3),
  user_created: of('accountChange', 1),
  user_updated: of('accountChange', other),
  authn_token_created: of('apiActivity', 1),
  authn_token_revoked: of('apiActivity', 4),
  authz_admin: of('apiActivity', 'method'),
  authz_change: of('apiActivity', 3),
  authz_fail: of('apiActivity', 'method', 'failure'),
  session_use_after_expire: of('apiActivity', 'method', 'failure'),
  excess_rate_limit_exceeded: of('apiActivity', 'method', 'failure'),
  input_validation_fail: of('httpActivity', 'method', 'failure'),
  authn_token_reuse: finding,
  crypt_decrypt_fail: finding,
  upload_validation: finding,
  malicious_attack_tool: finding,
  malicious_cors: finding,
  malicious_csp_violation: finding,
  malicious_csrf: finding,
  malicious_excess_404: finding,
  malicious_extraneous: finding,
  malicious_sqli: finding,
  mcp_prompt_injection: finding,
  sys_startup: of('applicationLifecycle', 3),
  sys_shutdown: of('applicationLifecycle', 4),
  sys_monitor_enabled: of('applicationLifecycle', 6),
  sys_monitor_disabled: of('applicationLifecycle', 7),
};

const httpActivities: Readonly<Record<string, number>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
};

const apiActivities: Readonly<Record<string, number>> = {
  POST: 1,
  GET: 2,
  HEAD: 2,
  PUT: 3,
  PATCH: 3,
  DELETE: 4,
};

/** `activity_id` of an event whose request had this method. */
export function activityOf({ class: name, activity }: OcsfMapping, method: string | undefined): number {
  if (activity !== 'method') return activity;
  const known = name === 'httpActivity' ? httpActivities : apiActivities;
  return method === undefined || !Object.hasOwn(known, method) ? other : (known[method] ?? other);
}
