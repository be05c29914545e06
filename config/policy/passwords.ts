/** NIST SP 800-63B-4: length and nothing about composition. Counted in code points after NFC. */
export const passwordPolicy = { minLength: 15, maxLength: 256 } as const;
