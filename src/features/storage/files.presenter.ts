import { fileKinds, type StorageUsage, type StoredFile } from './file.js';
import type { FileResponse, SignedFileResponse, StorageStatsResponse } from './files.dto.js';
import type { Linked } from './media-links.js';

/** Field by field: what is not named here is not sent. */
export function toFile(file: StoredFile): FileResponse {
  return {
    id: file.id,
    kind: file.kind,
    generation_id: file.generationId,
    file_name: file.fileName,
    content_type: file.contentType,
    width: file.width,
    height: file.height,
    bytes: file.bytes,
    quarantined: file.isQuarantined,
    created_at: file.createdAt.toISOString(),
    expires_at: file.expiresAt?.toISOString() ?? null,
  };
}

export const toSignedFile = ({ url, expiresAt }: Linked<StoredFile>): SignedFileResponse => ({
  url,
  expires_at: expiresAt.toISOString(),
});

export function toStorageStats(usage: StorageUsage & { readonly quotaBytes: number }): StorageStatsResponse {
  const { byKind } = usage;
  return {
    files: fileKinds.reduce((sum, kind) => sum + byKind[kind].files, 0),
    bytes: usage.bytes,
    quota_bytes: usage.quotaBytes,
    by_kind: { result: byKind.result, reference: byKind.reference, upload: byKind.upload },
  };
}
