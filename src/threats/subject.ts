/** What an event is attributed to: an address, for unauthenticated requests; else a user, and a user at an address. */
export type Subject =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'pair'; readonly address: string; readonly userId: string };

/** `address` is the key that limits count by: an IPv4 address or a /64. */
export function nameOf(subject: Subject): string {
  if (subject.kind === 'address') return `a ${subject.address}`;
  if (subject.kind === 'user') return `u ${subject.userId}`;
  return `p ${subject.address} ${subject.userId}`;
}

/** Events of a signed-in user are attributed to the user, not to the address, which others may share (NAT). */
export function subjectsOf(address: string, userId: string | undefined): readonly Subject[] {
  if (userId === undefined) return [{ kind: 'address', address }];
  return [
    { kind: 'user', userId },
    { kind: 'pair', address, userId },
  ];
}
