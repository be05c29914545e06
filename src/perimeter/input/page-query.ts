import type { PageRequest } from '../../database/page.js';
import { IntegerField, UuidField } from './fields.js';

/** Default page size. */
const defaultPageSize = 20;

/** The query of a list whose pages hold at most `largest` items. */
export function limitQuery(largest: number): new () => { limit?: number } {
  class LimitQuery {
    @IntegerField({ description: 'At most so many.', optional: true, min: 1, max: largest, fromQuery: true })
    limit?: number;
  }
  return LimitQuery;
}

/** As `limitQuery`, for a list whose cursors are ids. */
export function pageQuery(largest: number): new () => { limit?: number; cursor?: string } {
  class PageQuery extends limitQuery(largest) {
    @UuidField({ description: '`next_cursor` of the page before.', optional: true })
    cursor?: string;
  }
  return PageQuery;
}

/** The page request of a query; `size`: the default limit. */
export const toPageRequest = (
  { limit, cursor }: { readonly limit?: number; readonly cursor?: string },
  size = defaultPageSize,
): PageRequest => ({ limit: limit ?? size, cursor: cursor ?? null });
