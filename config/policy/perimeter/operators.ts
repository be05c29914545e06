/** Operators besides the one of ADMIN_USER. Each is compared with what is shown, whoever it is: that bounds the time. */
export const operatorPolicy = { named: 20 } as const;
