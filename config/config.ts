import type { Setting } from './settings/setting.js';
import type { ModelPrice, RemoteProvider } from './policy/assistants/models.js';
import type { RateLimits } from './policy/perimeter/rate-limits.js';
import type { WatchedKey } from './secrets/watched-key.js';
import type { NamedOperator } from './secrets/named-operators.js';
import type { Secret } from './values/secret.js';

export type EnvironmentName = 'development' | 'staging' | 'production' | 'test';

/** The proxies that are trusted for the client's address. `none`: the socket's peer is the client. */
export type TrustedProxy =
  | { readonly mode: 'none' }
  | { readonly mode: 'railway'; readonly peers: readonly string[] }
  | { readonly mode: 'cidr'; readonly trusted: readonly string[] };

/** A key and, during a rotation, the previous one. */
export interface RotatingKey {
  readonly current: Secret;
  readonly previous: Secret | null;
}

/** A language model of a provider, with what its tokens cost. */
export interface RemoteModelAccess {
  readonly provider: RemoteProvider;
  readonly model: string;
  readonly price: ModelPrice;
  readonly key: Secret;
  /** Without a trailing slash; null: the provider's own. */
  readonly baseUrl: string | null;
}

export type LanguageModelAccess = RemoteModelAccess | { readonly provider: 'local' };

/** Micro-dollars, by day and month in UTC. */
export interface Budget {
  readonly daily: number;
  readonly monthly: number;
}

/** What an instance does: answer requests, take jobs, or both. */
export type Role = 'all' | 'web' | 'worker';

/**
 * The whole configuration, deeply frozen. Built by `loadConfig`, always injected, never global. `development` and
 * `test` differ only in their name and their defaults for logging.
 */
export interface Config {
  readonly environment: EnvironmentName;
  readonly debug: {
    /** The log carries the whole cause of an error: every frame, and what the database said. */
    readonly enabled: boolean;
    /** The API description at `/docs`, and hints in the terminal. */
    readonly developmentMode: boolean;
    /** The routes below `/debug`. */
    readonly endpoints: boolean;
    /** What a start is made of is printed to standard error. */
    readonly traceStart: boolean;
    /** Error responses include their cause. */
    readonly verboseErrors: boolean;
  };
  /** `publicUrl` is null in development until the service listens and its address is known. */
  readonly server: {
    readonly port: number;
    readonly publicUrl: string | null;
    readonly instances: number;
    readonly role: Role;
    /** From a stop signal until the listener closes; milliseconds. */
    readonly shutdownGraceMs: number;
    readonly compression: boolean;
    /** Whether answers may be kept by those who asked: catalogues, media, assets. */
    readonly caching: boolean;
  };
  readonly proxy: TrustedProxy;
  readonly corsOrigins: readonly string[];
  /** Added to the request headers that policy allows across origins. */
  readonly corsAllowedHeaders: readonly string[];
  readonly tokens: RotatingKey;
  readonly passwords: {
    readonly pepper: RotatingKey;
    readonly requireEmailVerification: boolean;
    readonly acceptUnpeppered: boolean;
  };
  /** Connections that requests and jobs of one instance share; one more is the operator's, and one listens. */
  readonly databasePoolSize: number;
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: Secret };
  readonly supabase:
    | { readonly kind: 'embedded' }
    | {
        readonly kind: 'hosted';
        readonly url: string;
        readonly publishableKey: Secret;
        readonly secretKey: Secret;
      };
  /** Generations whose progress an instance that takes jobs follows at a time. */
  readonly generationFollowsAtOnce: number;
  readonly generation:
    | { readonly provider: 'canvas' }
    | {
        readonly provider: 'fal';
        readonly key: Secret;
        readonly queueUrl: string;
        readonly jwksUrl: string;
        readonly mediaHosts: readonly string[];
      };
  readonly redisUrl: Secret | null;
  readonly threatResponses: 'enforce' | 'observe';
  readonly rateLimits: RateLimits;
  readonly audit: {
    readonly enabled: boolean;
    readonly encrypt: boolean;
    readonly key: RotatingKey;
    readonly retentionDays: number;
  };
  readonly webhookGatewaySecret: RotatingKey;
  /** CIDR ranges; none: from anywhere. */
  readonly gatewayAllowlist: readonly string[];
  readonly pseudonymKey: RotatingKey;
  /** Keys and tokens in use, whose age is watched. */
  readonly watchedKeys: readonly WatchedKey[];
  /** Every variable that has a value. */
  readonly settings: readonly Setting[];
  readonly operator: {
    readonly user: string;
    readonly password: Secret;
    /** Further ones. */
    readonly named: readonly NamedOperator[];
    readonly ipAllowlist: readonly string[];
    /** The password is a generated one, which is kept in `secrets.json` of `home`. */
    readonly generated: boolean;
    /** False until a terminal has shown a generated password. */
    readonly shown: boolean;
  };
  readonly firstAdmin: { readonly email: string; readonly password: Secret } | null;
  readonly ai: {
    readonly enabled: boolean;
    /** Who answers; null: no assistants. */
    readonly first: LanguageModelAccess | null;
    /** Asked when the first does not answer. */
    readonly second: RemoteModelAccess | null;
    readonly timeoutMs: number;
    /** Milliseconds of an answer by the OpenAI-compatible routes. */
    readonly openAiTimeoutMs: number;
    readonly maxCallsPerMinute: number;
    readonly maxCallsPerMinuteOther: number;
    readonly maxCallsPerMinutePerPsid: number;
  };
  readonly budgets: {
    readonly ai: Budget;
    /** Null: no cap. */
    readonly generations: { readonly daily: number | null; readonly monthly: number | null };
    /** Micro-dollars a day. */
    readonly aiPersonDaily: number;
    /** Micro-dollars a month; null: no cap. */
    readonly aiPersonMonthly: number | null;
    /** Rising; at most 1. */
    readonly alertShares: readonly number[];
  };
  /** Null: nothing is taken and nothing is sent. */
  readonly messenger: {
    readonly verifyToken: Secret;
    readonly appSecret: Secret;
    /** Null: replies are recorded, as development does by itself. */
    readonly page: {
      readonly accessToken: Secret;
      /** Null: Meta is not asked about the token of the page. */
      readonly appId: string | null;
      readonly graphUrl: string;
    } | null;
  } | null;
  readonly uploads: {
    readonly enabled: boolean;
    readonly maxFileBytes: number;
    readonly allowedTypes: readonly string[];
    readonly quotaBytes: number;
    readonly clamavHost: string | null;
    /** `quarantine`: files are taken that nobody can read before they are scanned. */
    readonly whenScannerIsDown: 'refuse' | 'quarantine';
  };
  readonly privacy: {
    /** Of the privacy policy; null: named by the address of the service. */
    readonly controller: string | null;
    readonly contact: string | null;
    /** Whether an account must have agreed before anything of it goes to an AI provider. */
    readonly requireAiConsent: boolean;
  };
  /** Whom to tell about a vulnerability; null: nobody is named. */
  readonly securityContact: string | null;
  readonly piiRedaction: boolean;
  readonly log: {
    readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
    readonly format: 'json' | 'pretty';
    readonly file: string | null;
    /** One line a request. */
    readonly access: boolean;
  };
  readonly metrics: { readonly enabled: boolean; readonly token: Secret | null };
  /** Where traces go; null: nowhere. `share`: of the traces, kept. */
  readonly tracing: {
    readonly endpoint: string;
    readonly headers: readonly (readonly [name: string, value: Secret])[];
    readonly share: number;
  } | null;

  /** Where a monitor is told that the service is healthy; null: none is. */
  readonly healthPingUrl: Secret | null;
  readonly alertWebhookUrl: Secret | null;
  /** Where security events are exported to. */
  readonly siemUrl: Secret | null;
  /** `target`: the address of a bucket with its credentials. Both or neither. */
  readonly backup: { readonly target: Secret; readonly recipient: string } | null;
  readonly mail: {
    readonly smtpUrl: Secret | null;
    readonly from: string;
    /** Where alerts go by mail. */
    readonly alertsTo: Secret | null;
  };
  readonly startingCredits: number;
  /** Credits that each account is given every month besides; 0: none. */
  readonly monthlyCredits: number;
  /** Absolute path of VELRO_HOME: database, objects and generated secrets of the embedded default. */
  readonly home: string;
  /** Settings that are accepted but questionable: one sentence each, never a value. */
  readonly warnings: readonly string[];
  /** Names of set variables that nothing reads yet. */
  readonly withoutEffect: readonly string[];
}

/** The token by which the configuration is injected. */
export const CONFIG = Symbol('Config');
