import { Module } from '@nestjs/common';
import { AccountKey } from './account-key.js';
import { DeviceTokens } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { GuessesPurge } from './guesses.purge.js';
import { GuessesRepository } from './guesses.repository.js';
import { GuessesService } from './guesses.service.js';

@Module({
  providers: [GuessesService, GuessesPurge, GuessesRepository, DevicesRepository, DeviceTokens, AccountKey],
  exports: [GuessesService],
})
export class GuessesModule {}
