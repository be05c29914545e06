export const roles = ['user', 'viewer', 'admin', 'super_admin'] as const;
export type Role = (typeof roles)[number];
