/** Whether anything of a text can be seen: blanks, controls and what has no width alone say nothing. */
export const isNotBlank = (text: string | null): boolean => text !== null && /[^\p{Z}\p{C}\s]/u.test(text);
