/** What one request was answered. */
export interface Answer {
  /** Method and path. */
  readonly request: string;
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of it. */
  readonly body: string;
}

/** What answers over the network show. Each may be missing by itself: see `See`. */
export interface OutsideFacts {
  /** Whether the address is https. */
  readonly isHttps: boolean;
  readonly isLoopback: boolean;
  /** Of all kinds: success, no such route, no such method, unreadable body, without a token, HEAD, preflight. */
  readonly answers: readonly Answer[];
  readonly health: Answer;
  readonly tls: {
    readonly protocol: string;
    readonly isTrusted: boolean;
    readonly daysLeft: number;
    /** Versions older than 1.2 that were accepted. */
    readonly oldVersions: readonly string[];
  };
  /** What plain HTTP is answered at the same host. */
  readonly plain: Answer;
  readonly cookies: readonly string[];
  /** Of an origin that nobody allowed. */
  readonly strangeOrigin: Answer;
  readonly strangePreflight: Answer;
  /** Routes of operators, without credentials. */
  readonly operatorRoutes: readonly Answer[];
  readonly adminRoutes: readonly Answer[];
  /** Routes of operators below the prefix of the API, where they must not be. */
  readonly misplacedOperatorRoutes: readonly Answer[];
  /** Routes of persons, without a token. */
  readonly personalRoutes: Readonly<Record<string, Answer>>;
  readonly forgedToken: Answer;
  readonly unsignedToken: Answer;
  /** Sign-ins of an account that is none, until one is refused by the limit or enough were tried. */
  readonly signIns: readonly Answer[];
  readonly sqlInjection: Answer;
  readonly unreadableBody: Answer;
  readonly longHeaders: Answer;
  readonly largeBody: Answer;
  readonly messengerUnsigned: Answer;
  readonly messengerWrongSignature: Answer;
  readonly debugRoutes: readonly Answer[];
  readonly secretFiles: readonly Answer[];
  readonly description: Answer;
  readonly trace: Answer;
  readonly privacyPolicy: Answer;
  readonly globalPrivacyControl: Answer;
  readonly securityText: Answer;
  readonly checkpoint: Answer;
  /** Texts of open pages in which a provider's key was looked for, and what was found. */
  readonly keyShapes: { readonly looked: number; readonly found: readonly string[] };
}

/** What the service recorded of what was asked from outside: seen with a sign-in alone. */
export interface RecordedFacts {
  /** Names of security events. */
  readonly events: readonly string[];
  /** Whether the address is http at this machine: an instance for development. */
  readonly isLocal: boolean;
  /** Where the log is collected: whether the audit was told, and how long a line of this audit took; null where none was found. */
  readonly logStore: { readonly isGiven: boolean; readonly foundAfterMs: number | null };
}
