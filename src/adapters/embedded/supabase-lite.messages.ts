/** Message from the parent to the identity process at its start. */
export interface LiteStart {
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly siteUrl: string;
  readonly confirmEmail: boolean;
  /** 0 requests a free port; after a crash the same one is reused. */
  readonly port: number;
}

export interface LiteMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Messages from the identity process to its parent. */
export type LiteReport =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'mail'; readonly mail: LiteMail };
