import { Global, Module } from '@nestjs/common';
import { KnownDevices } from '../../../ports/accounts/known-devices.js';
import { NoticesModule } from '../../notices/notices.module.js';
import { AccountKey } from './account-key.js';
import { DeviceTokens } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsPurge } from './login-attempts.purge.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { LoginAttemptsService } from './login-attempts.service.js';

/** Global: the block and limit guards, which run before every feature, need KnownDevices. */
@Global()
@Module({
  imports: [NoticesModule],
  providers: [
    { provide: KnownDevices, useExisting: LoginAttemptsService },
    LoginAttemptsService,
    LoginAttemptsPurge,
    LoginAttemptsRepository,
    DevicesRepository,
    DeviceTokens,
    AccountKey,
  ],
  exports: [AccountKey, LoginAttemptsService, KnownDevices],
})
export class LoginAttemptsModule {}
