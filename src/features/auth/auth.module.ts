import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { GuardsModule } from '../../guards/guards.module.js';
import { GuessesModule } from '../guesses/guesses.module.js';
import { FactorChange } from '../mfa/factor-change.js';
import { MfaModule } from '../mfa/mfa.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { Afterwards } from './afterwards.js';
import { CountedGuesses } from './counted-guesses.js';
import { FirstAdmin } from './first-admin.js';
import { PasswordChanges } from './password-changes.js';
import { PasswordCheck } from './password-check.js';
import { PasswordPepper } from './password-pepper.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionFactorChange } from './session-factor-change.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [JwtModule.register({}), GuardsModule, UsersModule, MfaModule, GuessesModule, PasswordsModule],
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
    Afterwards,
    FirstAdmin,
    SecondFactorService,
    CountedGuesses,
    { provide: FactorChange, useClass: SessionFactorChange },
  ],
  exports: [SessionsService],
})
export class AuthModule {}
