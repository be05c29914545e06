import type { CreditStatsResponse, TransactionResponse } from './credits.dto.js';
import type { LedgerTotals, StoredEntry } from './ledger.repository.js';

export const toTransaction = (entry: StoredEntry): TransactionResponse => ({
  id: entry.id,
  kind: entry.kind,
  balance_change: entry.balanceChange,
  reserved_change: entry.reservedChange,
  generation_id: entry.generationId,
  call_id: entry.callId,
  reason: entry.reason,
  created_at: entry.createdAt.toISOString(),
});

export const toCreditStats = ({
  granted,
  adjusted,
  spent,
  released,
  spentLately,
}: LedgerTotals): CreditStatsResponse => ({
  granted,
  adjusted,
  spent,
  released,
  spent_30_days: spentLately,
});
