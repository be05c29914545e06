import { sql, type RawBuilder } from 'kysely';

/** Whose endpoints are meant: those of an account, or those of the service itself, which every administrator has. */
export type EndpointOwner =
  { readonly kind: 'account'; readonly userId: string } | { readonly kind: 'service' };

export const accountOf = ({ userId }: { readonly userId: string }): EndpointOwner => ({
  kind: 'account',
  userId,
});
export const theService: EndpointOwner = { kind: 'service' };

/** What the column `user_id` of an endpoint is stored as. */
export const userIdOf = (owner: EndpointOwner): string | null =>
  owner.kind === 'account' ? owner.userId : null;

/** The endpoint `e` is theirs, and not deleted: a part of every query. */
export const isOwnedBy = (owner: EndpointOwner): RawBuilder<boolean> =>
  owner.kind === 'account'
    ? sql`(e.user_id = ${owner.userId}::uuid and e.removed_at is null)`
    : sql`(e.user_id is null and e.removed_at is null)`;
