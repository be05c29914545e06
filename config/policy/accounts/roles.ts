export const roles = ['user', 'viewer', 'admin', 'super_admin'] as const;
export type Role = (typeof roles)[number];

/** Who may change things of their own; a viewer only looks. */
export const writers = ['user', 'admin', 'super_admin'] as const satisfies readonly Role[];

/** Who looks after other people's accounts. Only a super_admin makes or unmakes administrators. */
export const administrators = ['admin', 'super_admin'] as const satisfies readonly Role[];

/** What a token can say. `enrolling`: an administrator without a second factor, who may do nothing but enrol one. */
export const tokenRoles = [...roles, 'enrolling'] as const;
export type TokenRole = (typeof tokenRoles)[number];
