import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CONFIG, type Config } from '../config/config.js';
import type { Adapters } from './adapters/adapters.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { AdminModule } from './features/admin/admin.module.js';
import { AccessReviewModule } from './features/access-review/access-review.module.js';
import { AuditAdminModule } from './features/audit/audit-admin.module.js';
import { AiSwitchModule } from './features/ai-switch/ai-switch.module.js';
import { AssistantsModule } from './features/assistants/assistants.module.js';
import { ControlsModule } from './features/controls/controls.module.js';
import { ConsentsModule } from './features/consents/consents.module.js';
import { ApiKeysModule } from './features/api-keys/api-keys.module.js';
import { AccountsModule } from './features/accounts/accounts.module.js';
import { GenerationsModule } from './features/generations/generations.module.js';
import { HealthModule } from './features/health/health.module.js';
import { JobsModule } from './features/jobs/jobs.module.js';
import { MessengerModule } from './features/messenger/messenger.module.js';
import { BackupsModule } from './features/backups/backups.module.js';
import { KeyWatchModule } from './features/key-watch/key-watch.module.js';
import { OpsModule } from './features/ops/ops.module.js';
import { PrivacyModule } from './features/privacy/privacy.module.js';
import { ProjectsModule } from './features/projects/projects.module.js';
import { SecurityModule } from './features/security/security.module.js';
import { UsageModule } from './features/usage/usage.module.js';
import { WebhooksModule } from './features/webhooks/webhooks.module.js';
import { GuardsModule } from './guards/guards.module.js';
import { AccessLog } from './observability/access-log.js';
import { Log } from './observability/log.js';
import { Metrics } from './observability/metrics.js';
import { SecurityEvents } from './observability/security-events.js';
import { Shutdown } from './tasks/shutdown.js';
import { WorkHints } from './tasks/work-hints.js';
import { PerimeterModule } from './perimeter/perimeter.module.js';

/** The table of contents. */
@Module({})
export class AppModule {
  static with(
    config: Config,
    log: Log,
    adapters: Pick<Adapters, 'providers' | 'controllers'>,
    shutdown: Shutdown,
  ): DynamicModule {
    const world: DynamicModule = {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Log, useValue: log },
        { provide: Shutdown, useValue: shutdown },
        AccessLog,
        SecurityEvents,
        Metrics,
        WorkHints,
        ...adapters.providers,
      ],
      controllers: [...adapters.controllers],
      exports: [
        CONFIG,
        Log,
        Shutdown,
        AccessLog,
        SecurityEvents,
        Metrics,
        WorkHints,
        ...adapters.providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
      ],
    };
    return {
      module: AppModule,
      imports: [
        world,
        PerimeterModule,
        GuardsModule,
        AccountsModule,
        AdminModule,
        AiSwitchModule,
        AccessReviewModule,
        AuditAdminModule,
        ApiKeysModule,
        AssistantsModule,
        GenerationsModule,
        ProjectsModule,
        ConsentsModule,
        PrivacyModule,
        HealthModule,
        MessengerModule,
        JobsModule,
        SecurityModule,
        UsageModule,
        WebhooksModule,
        OpsModule.with(config),
        KeyWatchModule,
        BackupsModule,
        ControlsModule,
      ],
      providers: [ProblemFilter, { provide: APP_FILTER, useExisting: ProblemFilter }],
    };
  }
}

/** What every room may ask for: the configuration, the log, and who answers the ports. */
@Module({})
class PlatformModule {}
