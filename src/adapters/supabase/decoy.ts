/** Nobody's account: a wrong guess at it costs what a wrong guess at anybody's costs. */
export const decoyEmail = 'decoy@velro.example.com';
