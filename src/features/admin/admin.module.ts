import { Module } from '@nestjs/common';
import { AuthModule } from '../accounts/auth.module.js';
import { MfaModule } from '../accounts/second-factor/mfa.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminUsersService } from './admin-users.service.js';

@Module({
  imports: [AuthModule, UsersModule, MfaModule],
  controllers: [AdminUsersController],
  providers: [AdminUsersService],
})
export class AdminModule {}
