import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { rateLimitStrategies } from '../../../../config/policy/perimeter/rate-limits.js';
import { blockSeconds } from '../../../../config/policy/perimeter/threats.js';
import type { Secret } from '../../../../config/values/secret.js';
import { redact } from '../../../redaction/redactor.js';
import type { Looks } from '../judging/seen.js';
import type { InsideFacts, SecretFigures } from './inside-facts.js';

const figures = (secret: Secret): SecretFigures => {
  const text = secret.reveal();
  return { characters: text.length, distinct: new Set(text).size };
};

/** Of a connection string; null where it has none. */
const passwordOf = (url: Secret): SecretFigures => {
  const password = decodeURIComponent(new URL(url.reveal()).password);
  return { characters: password.length, distinct: new Set(password).size };
};

/** Made up, each of a kind that must not come through. */
const madeUp: Readonly<Record<string, string>> = {
  'an address': 'mira.example@example.com',
  'a card': '4111 1111 1111 1111',
  'a key of a provider': `sk-${'a1B2c3D4'.repeat(6)}`,
  'a key of Google': `AIza${'SyA1b2C3d4'.repeat(4).slice(0, 35)}`,
};

export type ConfigurationFact = Exclude<
  keyof InsideFacts,
  | 'keys'
  | 'recordedConfigurations'
  | 'maintenance'
  | 'administrators'
  | 'roles'
  | 'consents'
  | 'aiSwitch'
  | 'aiPing'
  | 'messenger'
  | 'messengerStore'
  | 'database'
  | 'databaseTls'
  | 'databaseRole'
  | 'openTables'
  | 'auditPowers'
  | 'backup'
  | 'selfTest'
  | 'auditPayloads'
  | 'retention'
  | 'accessReview'
  | 'scanner'
  | 'objectStorage'
  | 'container'
  | 'metrics'
  | 'healthPing'
  | 'recordedEvents'
  | 'requests'
  | 'webhooks'
>;

/** What the configuration shows, without a secret of it. */
@Injectable()
export class ConfigurationLooks {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get isDeployed(): boolean {
    return this.config.environment === 'production' || this.config.environment === 'staging';
  }

  looks(): Looks<Pick<InsideFacts, ConfigurationFact>> {
    const { config } = this;
    return {
      environment: () => config.environment,
      debug: () => config.debug.enabled,
      developmentMode: () => config.debug.developmentMode,
      debugEndpoints: () => config.debug.endpoints,
      verboseErrors: () => config.debug.verboseErrors,
      emergencyAuthentication: () => this.isSet('EMERGENCY_AUTH_MODE'),
      mockAuthentication: () => this.isSet('ENABLE_MOCK_AUTHENTICATION'),
      configuration: () => ({ variables: config.settings.length, warnings: config.warnings }),
      publicUrl: () => config.server.publicUrl,
      jwtSecret: () => figures(config.tokens.current),
      auditKeyBytes: () => Buffer.from(config.audit.key.current.reveal(), 'base64').length,
      gatewaySecret: () => figures(config.webhookGatewaySecret.current),
      databasePassword: () => (config.database.kind === 'embedded' ? null : passwordOf(config.database.url)),
      hasFirstAdministrator: () => config.firstAdmin !== null,
      corsOrigins: () => config.corsOrigins,
      operator: () => ({
        user: config.operator.user,
        password: figures(config.operator.password),
        isGenerated: config.operator.generated,
        named: config.operator.named.length,
      }),
      adminAddressRanges: () => config.operator.ipAllowlist.length,
      rateLimits: () => config.rateLimits,
      rateStrategies: () => ({
        auth_login: rateLimitStrategies.auth_login.strategy,
        auth_register: rateLimitStrategies.auth_register.strategy,
        password_reset: rateLimitStrategies.password_reset.strategy,
        auth_refresh: rateLimitStrategies.auth_refresh.strategy,
        generation_create: rateLimitStrategies.generation_create.strategy,
        upload: rateLimitStrategies.upload.strategy,
        api_standard: rateLimitStrategies.api_standard.strategy,
        chat: rateLimitStrategies.chat.strategy,
        admin: rateLimitStrategies.admin.strategy,
      }),
      threats: () => ({ responses: config.threatResponses, attacks: Object.keys(blockSeconds) }),
      ...this.assistants(),
      ...this.custody(),
      ...this.operations(),
    };
  }

  private assistants(): Looks<
    Pick<InsideFacts, 'language' | 'aiBudget' | 'budgetAlertShares' | 'messengerAccess'>
  > {
    const { ai, budgets, messenger } = this.config;
    return {
      language: () => ({
        provider: ai.first?.provider ?? 'none',
        timeoutMs: ai.timeoutMs,
        perMinute: ai.maxCallsPerMinute,
        perMinuteAndPerson: ai.maxCallsPerMinutePerPsid,
      }),
      aiBudget: () => ({ daily: budgets.ai.daily / 1e6, monthly: budgets.ai.monthly / 1e6 }),
      budgetAlertShares: () => budgets.alertShares,
      messengerAccess: () =>
        messenger === null ? 'none' : messenger.page === null ? 'without_page' : 'whole',
    };
  }

  private custody(): Looks<Pick<InsideFacts, 'backupPlace' | 'audit' | 'uploads' | 'redaction'>> {
    const { audit, uploads, backup, database, piiRedaction } = this.config;
    return {
      backupPlace: () => {
        if (backup === null) return null;
        const target = new URL(backup.target.reveal());
        const databaseHost =
          database.kind === 'embedded' ? 'localhost' : new URL(database.url.reveal()).hostname;
        return { host: target.hostname, region: target.searchParams.get('region') ?? '', databaseHost };
      },
      audit: () => ({ enabled: audit.enabled, retentionDays: audit.retentionDays }),
      uploads: () => ({
        enabled: uploads.enabled,
        maxFileBytes: uploads.maxFileBytes,
        allowedTypes: uploads.allowedTypes,
        quotaBytes: uploads.quotaBytes,
      }),
      redaction: () => {
        const redacted = redact(Object.values(madeUp).join(' and '));
        const left = Object.entries(madeUp).filter(([, text]) => redacted.includes(text));
        return { enabled: piiRedaction, left: left.map(([kind]) => kind) };
      },
    };
  }

  private operations(): Looks<
    Pick<InsideFacts, 'compression' | 'cache' | 'tracing' | 'log' | 'hasSiem' | 'alertReceivers'>
  > {
    const { config } = this;
    return {
      compression: () => config.server.compression,
      cache: () => config.server.caching,
      tracing: () => config.tracing !== null,
      log: () => ({ level: config.log.level, format: config.log.format }),
      hasSiem: () => config.siemUrl !== null,
      alertReceivers: () => [
        ...(config.alertWebhookUrl === null ? [] : ['webhook']),
        ...(config.mail.alertsTo === null || config.mail.smtpUrl === null ? [] : ['mail']),
      ],
    };
  }

  /** Of a switch among the variables, also of one that nothing reads yet. @throws Error for what is none */
  private isSet(name: string): boolean {
    const value = this.config.settings.find((setting) => setting.name === name)?.value;
    if (value !== 'true' && value !== 'false') throw new Error(`${name} is no switch`);
    return value === 'true';
  }
}
