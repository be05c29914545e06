/** What an API key can be allowed. A route that names none of these is closed to keys. */
export const scopes = [
  'account:read',
  'generations:read',
  'generations:write',
  'projects:read',
  'projects:write',
  'storage:read',
  'storage:write',
] as const;
export type Scope = (typeof scopes)[number];
