import { Global, Module } from '@nestjs/common';
import { PrivacySignals } from '../../ports/accounts/privacy-signals.js';
import { AuditModule } from '../audit/audit.module.js';
import { GenerationsModule } from '../generations/generations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminConsentsController } from './admin-consents.controller.js';
import { PrivacyChoicesRepository } from './choices/privacy-choices.repository.js';
import { RecordedSignals } from './choices/recorded-signals.js';
import { ConsentsController } from './consents.controller.js';
import { ConsentsService } from './consents.service.js';
import { PolicyPageController } from './policy/policy-page.controller.js';
import { PrivacyPolicyController } from './policy/privacy-policy.controller.js';
import { PolicyTexts } from './policy/policy-texts.js';

/** Global: the check of access tokens, which runs before every feature, tells of signals. */
@Global()
@Module({
  imports: [AuditModule, GenerationsModule, UsersModule],
  controllers: [ConsentsController, AdminConsentsController, PrivacyPolicyController, PolicyPageController],
  providers: [
    ConsentsService,
    PrivacyChoicesRepository,
    PolicyTexts,
    { provide: PrivacySignals, useClass: RecordedSignals },
  ],
  exports: [PrivacySignals],
})
export class ConsentsModule {}
