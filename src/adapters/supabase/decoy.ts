/** Dummy account: a wrong password for it takes as long as for a real account (constant time). */
export const decoyEmail = 'decoy@velro.example.com';
