import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { GuardsModule } from '../../guards/guards.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhookEndpointsModule } from '../webhooks/endpoints/webhook-endpoints.module.js';
import { BackgroundTasks } from './credentials/background-tasks.js';
import { AddressProof } from './credentials/address-proof.js';
import { IdentityPresence } from './credentials/identity-presence.js';
import { PasswordChanges } from './credentials/password-changes.js';
import { PasswordCheck } from './credentials/password-check.js';
import { PasswordPepper } from './credentials/password-pepper.js';
import { PasswordsModule } from './credentials/passwords.module.js';
import { EmailChangeController } from './email-change/email-change.controller.js';
import { EmailChangeConfirmation } from './email-change/email-change-confirmation.js';
import { EmailChangeLinks } from './email-change/email-change-links.js';
import { EmailChangeMails } from './email-change/email-change-mails.js';
import { EmailChangePurge } from './email-change/email-change.purge.js';
import { EmailChangeRequests } from './email-change/email-change-requests.js';
import { EmailChangeRepository } from './email-change/email-change.repository.js';
import { EmailChanges } from './email-change/email-changes.js';
import { FactorModule } from './factor/factor.module.js';
import { LoginAttemptsModule } from './login-attempts/login-attempts.module.js';
import { LoginThrottle } from './login-attempts/login-throttle.js';
import { EmailVerificationService } from './passwords/email-verification.service.js';
import { MailLimits } from './passwords/mail-limits.js';
import { PasswordChangeService } from './passwords/password-change.service.js';
import { PasswordResetService } from './passwords/password-reset.service.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { MfaController } from './second-factor/mfa.controller.js';
import { MfaEnrolmentService } from './second-factor/mfa-enrolment.service.js';
import { MfaSignInService } from './second-factor/mfa-sign-in.service.js';
import { SecondFactorController } from './second-factor/second-factor.controller.js';
import { StepUpService } from './second-factor/step-up.service.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { RefreshTokensRepository } from './sessions/refresh/refresh-tokens.repository.js';
import { RefreshRecognition } from './sessions/refresh/refresh-recognition.js';
import { TokenUsesModule } from './sessions/refresh/token-uses.module.js';
import { RefreshService } from './sessions/refresh/refresh.service.js';
import { SessionTermination } from './sessions/session-termination.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsPurge } from './sessions/sessions.purge.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AuthController } from './sign-in/auth.controller.js';
import { FirstAdmin } from './sign-in/first-admin.js';
import { IdentitySignUp } from './sign-in/identity-sign-up.js';
import { ProfileService } from './sign-in/profile.service.js';
import { RegistrationService } from './sign-in/registration.service.js';
import { SignInCompletion } from './sign-in/sign-in-completion.js';
import { SignInService } from './sign-in/sign-in.service.js';

const credentials = [
  IdentityPresence,
  AddressProof,
  BackgroundTasks,
  PasswordChanges,
  PasswordCheck,
  PasswordPepper,
  LoginThrottle,
];
const sessions = [
  AccessTokens,
  RefreshRecognition,
  RefreshService,
  RefreshTokensRepository,
  SessionTermination,
  SessionsPurge,
  SessionsRepository,
  SessionsService,
];
const emailChange = [
  EmailChangeConfirmation,
  EmailChangeLinks,
  EmailChangeMails,
  EmailChangePurge,
  EmailChangeRepository,
  EmailChangeRequests,
  EmailChanges,
];
const signIn = [
  FirstAdmin,
  IdentitySignUp,
  ProfileService,
  RegistrationService,
  SignInCompletion,
  SignInService,
];

@Module({
  imports: [
    AuditModule,
    JwtModule.register({}),
    ApiKeysModule,
    GuardsModule,
    NoticesModule,
    WebhookEndpointsModule,
    TokenUsesModule,
    UsersModule,
    FactorModule,
    LoginAttemptsModule,
    PasswordsModule,
  ],
  controllers: [
    AuthController,
    SessionsController,
    PasswordsController,
    EmailChangeController,
    SecondFactorController,
    MfaController,
  ],
  providers: [
    ...credentials,
    ...sessions,
    ...signIn,
    ...emailChange,
    MailLimits,
    EmailVerificationService,
    PasswordChangeService,
    PasswordResetService,
    MfaEnrolmentService,
    MfaSignInService,
    StepUpService,
  ],
  exports: [SessionsService, SessionTermination, FactorModule],
})
export class AccountsModule {}
