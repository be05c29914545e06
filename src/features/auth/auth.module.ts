import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { GuardsModule } from '../../guards/guards.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { PasswordPepper } from './password-pepper.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [JwtModule.register({}), GuardsModule, UsersModule],
  controllers: [AuthController, SessionsController],
  providers: [
    AuthService,
    SessionsService,
    SessionsRepository,
    RefreshService,
    RefreshTokensRepository,
    AccessTokens,
    PasswordPepper,
  ],
})
export class AuthModule {}
