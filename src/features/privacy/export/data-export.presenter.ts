import type { DataExportResponse } from './data-export.dto.js';
import type { DataExportWithLinks } from './data-export.service.js';

export const toDataExport = ({ export: one, parts }: DataExportWithLinks): DataExportResponse => ({
  id: one.id,
  state: one.state,
  requested_at: one.requestedAt.toISOString(),
  finished_at: one.finishedAt?.toISOString() ?? null,
  expires_at: one.expiresAt?.toISOString() ?? null,
  parts: parts.map(({ number, bytes, url, expiresAt }) => ({
    number,
    bytes,
    url,
    url_expires_at: expiresAt.toISOString(),
  })),
});
