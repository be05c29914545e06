import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { MfaAttempts } from './mfa-attempts.js';
import { MfaChallenges } from './mfa-challenges.js';
import { MfaController } from './mfa.controller.js';
import { MfaKeys } from './mfa-keys.js';
import { MfaRepository } from './mfa.repository.js';
import { MfaService } from './mfa.service.js';

@Module({
  imports: [UsersModule],
  controllers: [MfaController],
  providers: [MfaService, MfaChallenges, MfaRepository, MfaAttempts, MfaKeys],
  exports: [MfaService, MfaChallenges],
})
export class MfaModule {}
