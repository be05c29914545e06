import { Module } from '@nestjs/common';
import { CreditsModule } from '../credits/credits.module.js';
import { IdentityRecordRepository } from './identity-record.repository.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [CreditsModule],
  providers: [IdentityRecordRepository, UsersRepository, UsersService],
  exports: [UsersService],
})
export class UsersModule {}
