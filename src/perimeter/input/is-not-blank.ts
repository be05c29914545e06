/** Whether a text has a visible character: not only blanks, control and zero-width characters, or marks without a letter. */
export const isNotBlank = (text: string | null): boolean =>
  text !== null && /[^\p{Z}\p{C}\p{M}\s]/u.test(text);
