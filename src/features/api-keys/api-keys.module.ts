import { Global, Module } from '@nestjs/common';
import { MachineKeys } from '../../ports/api-keys.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyRecognition } from './key-recognition.js';

/** Global, because a guard in front of every feature asks for the keys. */
@Global()
@Module({
  imports: [UsersModule],
  controllers: [ApiKeysController],
  providers: [ApiKeysService, ApiKeysRepository, { provide: MachineKeys, useClass: KeyRecognition }],
  exports: [MachineKeys],
})
export class ApiKeysModule {}
