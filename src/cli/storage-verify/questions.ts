import { keysWithoutRow } from '../../features/storage/removal/orphans.js';

/** SQL: a page of files ordered by id, those after `$1`, at most `$2`. */
export const filesAfter = `
  select id, object_key as key, bytes, sha256 from velro.files where id > $1 order by id limit $2`;

/** SQL: one row when the file `$1` is still there. */
export const fileById = 'select from velro.files where id = $1';

/** SQL: those of the keys `$1` that belong to no row and whose removal is not pending. */
export const orphanedKeys = `${keysWithoutRow}
    and not exists (select from velro.storage_removals r where r.object_key = k.key)`;
