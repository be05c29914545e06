export const roles = ['user', 'viewer', 'admin', 'super_admin'] as const;
export type Role = (typeof roles)[number];

/** Roles that may change their own data; a viewer may only read. */
export const writers = ['user', 'admin', 'super_admin'] as const satisfies readonly Role[];

/** Roles that manage other accounts. Only a super_admin manages administrators. */
export const administrators = ['admin', 'super_admin'] as const satisfies readonly Role[];

export const isAdministrator = (role: Role): boolean => administrators.some((name) => name === role);

/** Whether an administrator of role `actor` may act on an account of role `target`, or undo what it did. */
export const mayManage = (actor: Role, target: Role): boolean =>
  actor === 'super_admin' || (actor === 'admin' && !isAdministrator(target));

/** Roles in a token. `enrolling`: an administrator without a second factor, who may only enrol one. */
export const tokenRoles = [...roles, 'enrolling'] as const;
export type TokenRole = (typeof tokenRoles)[number];
