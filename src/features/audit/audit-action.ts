/** What the audit log tells of. */
export const auditActions = [
  'user.role_changed',
  'user.disabled',
  'user.enabled',
  'user.sessions_ended',
  'ai.switched',
] as const;
export type AuditAction = (typeof auditActions)[number];
