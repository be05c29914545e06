import type { AccountDeletionResponse } from './account-deletion.dto.js';
import type { RequestedDeletion } from './account-deletion.service.js';

export const toAccountDeletion = ({ requestedAt, dueAt }: RequestedDeletion): AccountDeletionResponse => ({
  requested_at: requestedAt.toISOString(),
  due_at: dueAt.toISOString(),
});
