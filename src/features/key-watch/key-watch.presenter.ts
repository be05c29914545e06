import type { KeyReport } from './key-watch.service.js';
import type { KeyReportResponse } from './key-watch.dto.js';

export const toKeyReport = ({ level, items, page }: KeyReport): KeyReportResponse => ({
  level,
  keys: items.map((item) => ({
    name: item.name,
    kind: item.kind,
    level: item.level,
    first_seen_at: item.firstSeenAt?.toISOString() ?? null,
    age_days: item.ageDays,
    ends_at: item.endsAt?.toISOString() ?? null,
    days_left: item.daysLeft,
  })),
  page:
    page === null
      ? null
      : {
          checked_at: page.checkedAt?.toISOString() ?? null,
          token_valid: page.isTokenValid,
          subscribed: page.isSubscribed,
          app_known: page.canAskToken,
          failure: page.failure,
        },
});
