import type { Deletion } from './deletions.repository.js';

/** Nothing is said to have been found that was not. */
export function toDeletionWords({ state, forgotten, createdAt, settledAt }: Deletion): string {
  const received = `Your request was received on ${createdAt.toISOString()}.`;
  if (state === 'received') return `${received} It is being carried out.`;
  if (state === 'done' && (forgotten ?? 0) > 0)
    return `${received} What was stored of your conversations was deleted on ${settledAt?.toISOString() ?? ''}.`;
  const instead = 'To delete a conversation with a page, write "delete my data" to the page.';
  return state === 'done'
    ? `${received} Nothing was found that belongs to you. ${instead}`
    : `${received} Facebook did not tell us which conversations are yours. ${instead}`;
}
