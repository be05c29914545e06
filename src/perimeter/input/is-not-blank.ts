/** Whether a text has a visible character: not only blanks, control and zero-width characters. */
export const isNotBlank = (text: string | null): boolean => text !== null && /[^\p{Z}\p{C}\s]/u.test(text);
