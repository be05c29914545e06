import { sql } from 'kysely';
import { below, heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const filesOf = heldBy('files', 'user_id');
const uploadsOf = heldBy('uploads', 'user_id');

export const storagePersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'files',
    exported: {
      title: 'Files',
      of: filesOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        kind: 'kind',
        generation_id: 'generation_id',
        position: 'position',
        object_key: withheld('the place in the storage of the service'),
        content_type: 'content_type',
        width: 'width',
        height: 'height',
        bytes: 'bytes',
        sha256: 'sha256',
        created_at: 'created_at',
        expires_at: 'expires_at',
        file_name: 'file_name',
        scan_due_at: 'scan_due_at',
      },
      besides: {
        media: sql`case when velro.files.scan_due_at is null then 'media/' || velro.files.id || substring(velro.files.object_key from '\\.[a-z0-9]{1,8}$') end`,
      },
      object: { key: 'object_key', bytes: 'bytes', id: 'id', unreadable: 'scan_due_at' },
    },
    erased: [{ how: 'eraser', name: 'files', of: filesOf }],
  }),
  personalTable({
    table: 'file_sums',
    exported: { notExported: 'counts of the files, which are exported' },
    erased: [{ how: 'with_account', of: heldBy('file_sums', 'user_id') }],
  }),
  personalTable({
    table: 'upload_parts',
    exported: { notExported: 'parts of files that never came to their end' },
    erased: [
      {
        how: 'eraser',
        name: 'uploads',
        of: below('upload_parts', 'upload_id', { table: 'uploads', key: 'id', of: uploadsOf }),
      },
    ],
  }),
  personalTable({
    table: 'uploads',
    exported: {
      title: 'Uploads under way',
      of: uploadsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        file_name: 'file_name',
        content_type: 'content_type',
        bytes: 'bytes',
        received: 'received',
        held: withheld('what is held for it of the quota'),
        parts: withheld('in how many parts it came'),
        created_at: 'created_at',
        expires_at: 'expires_at',
      },
    },
    erased: [{ how: 'eraser', name: 'uploads', of: uploadsOf }],
  }),
  personalTable({
    table: 'storage_removals',
    exported: { notExported: 'objects that are being removed' },
    // An account is not erased before the storage has removed its objects.
    erased: [{ how: 'eraser', name: 'objects', of: heldBy('storage_removals', 'user_id') }],
  }),
];
