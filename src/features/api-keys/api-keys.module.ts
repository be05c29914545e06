import { Global, Module } from '@nestjs/common';
import { ApiKeyAuthenticator } from '../../ports/accounts/api-key-authenticator.js';
import { AuditModule } from '../audit/audit.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeyLimitsRepository } from './api-key-limits.repository.js';
import { ApiKeyLimitsService } from './api-key-limits.service.js';
import { ApiKeyLookupRepository } from './api-key-lookup.repository.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { StoredApiKeyAuthenticator } from './stored-api-key-authenticator.js';

/** Global: the token guard, which runs before every feature, authenticates by key. */
@Global()
@Module({
  imports: [AuditModule, NoticesModule, UsersModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeysService,
    ApiKeysRepository,
    ApiKeyLookupRepository,
    ApiKeyLimitsRepository,
    ApiKeyLimitsService,
    { provide: ApiKeyAuthenticator, useClass: StoredApiKeyAuthenticator },
  ],
  exports: [ApiKeyAuthenticator, ApiKeysService],
})
export class ApiKeysModule {}
