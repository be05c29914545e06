import { orphanedObjectsPolicy } from '../../../../config/policy/generations/storage.js';
import type { ObjectEntry } from '../../../ports/object-storage.js';

/** Whether an object is older than any row that is still to be committed. `now`: milliseconds since the epoch. */
export const isOldObject = ({ storedAt }: ObjectEntry, now: number): boolean =>
  // An invalid time (NaN) does not count as old.
  storedAt.getTime() < now - orphanedObjectsPolicy.ageSeconds * 1000;

/** SQL that returns as `key` those of the keys `$1` that belong to no row, and to no generation that may still write one. */
export const keysWithoutRow = `
  select k.key from unnest($1::text[]) as k(key)
  where not exists (select from velro.files f where f.object_key = k.key)
    and not exists (select from velro.upload_parts p where p.object_key = k.key)
    and not exists (select from velro.data_export_parts e where e.object_key = k.key)
    and not exists (
      select from velro.generations g
      where g.id = substring(k.key from '^generations/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/')::uuid
        and g.status in ('queued', 'submitting', 'processing'))`;
