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
  // Asks for tokens of visitors, which only the backend of a site may do.
  'visitors',
] as const;
export type Scope = (typeof scopes)[number];

/** What a route may ask for: a scope of API keys, or `visitor`, which tokens of visitors have and no key can be given. */
export type RouteScope = Scope | 'visitor';
