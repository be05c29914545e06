import { Module } from '@nestjs/common';
import { UsersModule } from '../../users/users.module.js';
import { MfaAttempts } from '../factor/mfa-attempts.js';
import { MfaChallenges } from '../factor/mfa-challenges.js';
import { MfaController } from './mfa.controller.js';
import { MfaKeys } from '../factor/mfa-keys.js';
import { MfaRepository } from '../factor/mfa.repository.js';
import { MfaService } from '../factor/mfa.service.js';

@Module({
  imports: [UsersModule],
  controllers: [MfaController],
  providers: [MfaService, MfaChallenges, MfaRepository, MfaAttempts, MfaKeys],
  exports: [MfaService, MfaChallenges],
})
export class MfaModule {}
