import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { UsersModule } from '../../users/users.module.js';
import { FactorSecrets } from './factor-secrets.js';
import { MfaAttempts } from './mfa-attempts.js';
import { MfaChallenges } from './mfa-challenges.js';
import { MfaKeys } from './mfa-keys.js';
import { MfaRepository } from './mfa.repository.js';
import { MfaService } from './mfa.service.js';

@Module({
  imports: [AuditModule, UsersModule],
  providers: [MfaService, MfaChallenges, MfaRepository, MfaAttempts, MfaKeys, FactorSecrets],
  exports: [MfaService, MfaChallenges, MfaRepository, MfaAttempts, FactorSecrets],
})
export class FactorModule {}
