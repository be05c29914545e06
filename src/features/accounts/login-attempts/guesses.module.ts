import { Global, Module } from '@nestjs/common';
import { KnownDevices } from '../../../ports/known-devices.js';
import { AccountKey } from './account-key.js';
import { DeviceTokens } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { GuessesPurge } from './guesses.purge.js';
import { GuessesRepository } from './guesses.repository.js';
import { GuessesService } from './guesses.service.js';

/** Global, because a guard in front of every feature asks for the devices. */
@Global()
@Module({
  providers: [
    { provide: KnownDevices, useExisting: GuessesService },
    GuessesService,
    GuessesPurge,
    GuessesRepository,
    DevicesRepository,
    DeviceTokens,
    AccountKey,
  ],
  exports: [GuessesService, KnownDevices],
})
export class GuessesModule {}
