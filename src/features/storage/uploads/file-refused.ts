/** Why a file is refused, in the codes that the client receives. */
export const refusalReasons = {
  damaged: 'cannot be read as what it is said to be',
  encrypted: 'is encrypted, so that nobody can look into it',
  nested: 'holds another archive',
  expands: 'expands to more than this service takes',
  too_many_parts: 'has more parts than this service takes',
  hidden_bytes: 'has bytes that do not belong to a file of its type',
  unsafe_names: 'has entries whose names lead out of it',
  picture_too_large: 'has more bytes or pixels than this service takes',
  unscannable: 'is larger than the malware scanner takes',
} as const;
export type RefusalReason = keyof typeof refusalReasons;

/** `type`: name, declared type and content do not agree on an allowed one. `infected`: malware, by the signature where it has a name. */
export type Refusal =
  | { readonly kind: 'name' }
  | { readonly kind: 'type' }
  | { readonly kind: 'content'; readonly reason: RefusalReason }
  | { readonly kind: 'infected'; readonly signature: string };

/** The file is refused, whatever the client tries: a permanent failure. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  constructor(
    readonly refusal: Refusal,
    cause?: unknown,
  ) {
    super(refusal.kind, { cause });
  }
}

export const refusedContent = (reason: RefusalReason, cause?: unknown): FileRefused =>
  new FileRefused({ kind: 'content', reason }, cause);
