import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CreditsModule } from '../credits/credits.module.js';
import { AccountsRepository } from './accounts.repository.js';
import { IdentityRecordRepository } from './identity-record.repository.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule, CreditsModule],
  providers: [AccountsRepository, IdentityRecordRepository, UsersRepository, UsersService],
  exports: [UsersService],
})
export class UsersModule {}
