import type { Schedule } from '../../../../config/policy/operations/maintenance.js';
import type { EnvironmentName } from '../../../../config/config.js';
import type { RateLimitName, RateLimits } from '../../../../config/policy/perimeter/rate-limits.js';

/** A secret of the configuration, without its value. */
export interface SecretFigures {
  readonly characters: number;
  readonly distinct: number;
}

/** What the running service, its configuration and its database show. Each may be missing by itself: see `See`. */
export interface InsideFacts {
  readonly environment: EnvironmentName;

  // Modes.
  readonly debug: boolean;
  readonly developmentMode: boolean;
  readonly debugEndpoints: boolean;
  readonly verboseErrors: boolean;
  readonly emergencyAuthentication: boolean;
  readonly mockAuthentication: boolean;
  /** Variables that were validated at the start, and what was questionable about them. */
  readonly configuration: { readonly variables: number; readonly warnings: readonly string[] };
  readonly publicUrl: string | null;

  // Secrets.
  readonly jwtSecret: SecretFigures;
  readonly auditKeyBytes: number;
  readonly gatewaySecret: SecretFigures;
  /** Null: the embedded database, whose password is generated. */
  readonly databasePassword: SecretFigures | null;
  readonly hasFirstAdministrator: boolean;
  /** Keys and tokens in use. */
  readonly keys: readonly {
    readonly name: string;
    readonly ageDays: number | null;
    readonly level: string;
  }[];
  /** Entries of the audit log about configurations that instances started with. */
  readonly recordedConfigurations: number;
  /** Reports of maintenance that are overdue, by the rhythm in which they are due. */
  readonly maintenance: Readonly<Record<Schedule, readonly string[]>>;

  // Perimeter.
  readonly corsOrigins: readonly string[];
  readonly operator: {
    readonly user: string;
    readonly password: SecretFigures;
    readonly isGenerated: boolean;
    readonly named: number;
  };
  readonly adminAddressRanges: number;
  readonly rateLimits: RateLimits;
  readonly rateStrategies: Readonly<Record<RateLimitName, string>>;
  readonly threats: { readonly responses: 'enforce' | 'observe'; readonly attacks: readonly string[] };
  readonly administrators: { readonly count: number; readonly withoutFactor: number };
  readonly roles: readonly string[];

  // AI.
  readonly language: {
    readonly provider: string;
    readonly timeoutMs: number;
    readonly perMinute: number;
    readonly perMinuteAndPerson: number;
  };
  readonly aiSwitch: { readonly effective: boolean; readonly stored: boolean };
  /** A call that the audit makes; null: none is configured, or the switch is off. */
  readonly aiPing: { readonly latencyMs: number; readonly error: string | null } | null;
  /** Dollars. */
  readonly aiBudget: { readonly daily: number; readonly monthly: number };
  readonly budgetAlertShares: readonly number[];

  // Messenger.
  /** Which of its secrets are set. */
  readonly messengerAccess: 'none' | 'without_page' | 'whole';
  readonly messenger: {
    /** When Meta was last asked about the token; null: never. */
    readonly tokenAskedAt: Date | null;
    readonly isTokenValid: boolean | null;
  } | null;
  readonly messengerStore: {
    /** A second message with the same id cannot be stored. */
    readonly hasUniqueMessages: boolean;
    /** Only hashes of 32 bytes can be stored for a person's id. */
    readonly holdsHashesAlone: boolean;
  };

  // Database.
  readonly database: {
    /** As the server names itself. */
    readonly version: string;
    readonly isEmbedded: boolean;
    readonly statementTimeoutMs: number;
    readonly poolSize: number;
    readonly roundTripMs: number;
  };
  /** Whether the service's own connection is encrypted. */
  readonly databaseTls: boolean;
  readonly databaseRole: {
    readonly name: string;
    /** What it may do beyond reading and writing rows: superuser, createdb, createrole, bypassrls, owner of tables. */
    readonly powers: readonly string[];
  };
  /** Tables without row level security. */
  readonly openTables: readonly string[];
  /** What the service's role may do to entries of the audit log besides adding and reading: update, delete, truncate. */
  readonly auditPowers: readonly string[];

  // Custody.
  readonly backup: { readonly lastSuccess: Date | null; readonly isOverdue: boolean } | null;
  readonly backupPlace: {
    readonly host: string;
    readonly region: string;
    readonly databaseHost: string;
  } | null;
  readonly selfTest: { readonly lastPassed: Date | null; readonly isOverdue: boolean } | null;
  /** The review of who may do what; null for never. */
  readonly accessReview: { readonly lastAt: Date | null; readonly isDue: boolean };
  readonly audit: { readonly enabled: boolean; readonly retentionDays: number };
  /** The newest entries, and how many of them are readable without a key. */
  readonly auditPayloads: { readonly looked: number; readonly readable: number };
  readonly retention: { readonly rules: number; readonly overdueRows: number };
  readonly uploads: {
    readonly enabled: boolean;
    readonly maxFileBytes: number;
    readonly allowedTypes: readonly string[];
    readonly quotaBytes: number;
  };
  /** What clamd answered; null: none is configured. */
  readonly scanner: { readonly isUp: boolean } | null;
  readonly objectStorage: { readonly kind: 'disk' | 'supabase'; readonly isUp: boolean };
  /** What became of a text with made-up personal data and keys. */
  readonly redaction: { readonly enabled: boolean; readonly left: readonly string[] };
  /** What the service's role may do to choices besides adding and reading, and whether each must have the version and hash of its text. */
  readonly consents: { readonly powers: readonly string[]; readonly areVersioned: boolean };

  // Operations.
  readonly container: {
    readonly userId: number;
    readonly hasNoNewPrivileges: boolean;
    /** Null: none is set. */
    readonly memoryLimitBytes: number | null;
    readonly residentBytes: number;
  };
  readonly compression: boolean;
  readonly cache: boolean;
  /** Whether traces are exported. */
  readonly tracing: boolean;
  /** When a monitor was last told that this instance is healthy; null: never. */
  readonly healthPing: { readonly isConfigured: boolean; readonly lastTaken: Date | null };
  readonly metrics: { readonly enabled: boolean; readonly names: readonly string[] };
  readonly log: { readonly level: string; readonly format: string };
  /** Whether security events are sent on to a collector. */
  readonly hasSiem: boolean;
  readonly alertReceivers: readonly string[];
  /** Security events that the database holds of the last day, the start of this instance among them. */
  readonly recordedEvents: number;
  /** Requests since the start, and how many of them took more than a second. */
  readonly requests: { readonly count: number; readonly slow: number };
  /** Deliveries of the last week. */
  readonly webhooks: { readonly endpoints: number; readonly delivered: number; readonly failed: number };
}
