/** Scopes of API keys. A route without a scope accepts no keys. */
export const scopes = [
  'account:read',
  'generations:read',
  'generations:write',
  'projects:read',
  'projects:write',
  'storage:read',
  'storage:write',
  'openai',
] as const;
export type Scope = (typeof scopes)[number];
