/** One page of a list, newest first, and where the next one begins; `nextCursor` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What a list is asked for. `cursor`: the `nextCursor` of the page before, null for the first page. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
}

/** Rows to read for a page: one more than asked for tells whether there is a next page. */
export const rowsOf = ({ limit }: PageRequest): number => limit + 1;

/** The page of rows that were read with `rowsOf`. */
export function pageOf<T extends { readonly id: string }>(
  found: readonly T[],
  { limit }: Pick<PageRequest, 'limit'>,
): Page<T> {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
