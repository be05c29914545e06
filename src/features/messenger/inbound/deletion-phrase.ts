import { forgetCharacters, forgetPhrases } from '../../../../config/policy/assistants/messenger.js';

/** Whether a text is one by which people have everything deleted: whatever its case, and how it ends. */
export const asksForDeletion = (text: string): boolean =>
  text.length <= forgetCharacters && forgetPhrases.has(text.toLowerCase().replace(/[.!\s]+$/u, ''));
