/** What the parent tells the identity process at its start. */
export interface LiteStart {
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly siteUrl: string;
  readonly confirmEmail: boolean;
  /** 0 asks for a free port; after a crash the same one is taken again. */
  readonly port: number;
}

export interface LiteMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the identity process tells its parent. */
export type LiteReport =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'mail'; readonly mail: LiteMail };
