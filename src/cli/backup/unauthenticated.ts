/** Printed where a backup is read although nobody knows who made it. */
export const unauthenticatedWarning = `
WARNING: this backup was NOT made with AUDIT_ENC_KEY. Anybody who knows the public key and may write to the target can have made it, with
accounts, roles and credits of their choice. --accept-unauthenticated takes it nevertheless: review administrators and balances before db:open.

`;
