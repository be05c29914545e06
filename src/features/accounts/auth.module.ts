import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { GuardsModule } from '../../guards/guards.module.js';
import { LoginAttemptsModule } from './login-attempts/login-attempts.module.js';
import { FactorChange } from './factor/factor-change.js';
import { MfaModule } from './second-factor/mfa.module.js';
import { PasswordsModule } from './credentials/passwords.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { AuthController } from './sign-in/auth.controller.js';
import { AuthService } from './sign-in/auth.service.js';
import { BackgroundTasks } from './credentials/background-tasks.js';
import { LoginThrottle } from './login-attempts/login-throttle.js';
import { FirstAdmin } from './sign-in/first-admin.js';
import { PasswordChanges } from './credentials/password-changes.js';
import { PasswordCheck } from './credentials/password-check.js';
import { PasswordPepper } from './credentials/password-pepper.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { RefreshService } from './sessions/refresh.service.js';
import { RefreshTokensRepository } from './sessions/refresh-tokens.repository.js';
import { SecondFactorController } from './second-factor/second-factor.controller.js';
import { SecondFactorService } from './second-factor/second-factor.service.js';
import { SessionFactorChange } from './second-factor/session-factor-change.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';

@Module({
  imports: [
    JwtModule.register({}),
    GuardsModule,
    UsersModule,
    MfaModule,
    LoginAttemptsModule,
    PasswordsModule,
  ],
  controllers: [AuthController, SessionsController, PasswordsController, SecondFactorController],
  providers: [
    AuthService,
    SessionsService,
    SessionsRepository,
    RefreshService,
    RefreshTokensRepository,
    AccessTokens,
    PasswordPepper,
    PasswordCheck,
    PasswordChanges,
    PasswordsService,
    BackgroundTasks,
    FirstAdmin,
    SecondFactorService,
    LoginThrottle,
    { provide: FactorChange, useClass: SessionFactorChange },
  ],
  exports: [SessionsService],
})
export class AuthModule {}
