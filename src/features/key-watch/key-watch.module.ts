import { Module } from '@nestjs/common';
import { GuardsModule } from '../../guards/guards.module.js';
import { KeyFingerprints } from './key-fingerprints.js';
import { KeyWatchRepository } from './key-watch.repository.js';
import { KeyWatch } from './key-watch.service.js';
import { KeyWatchTask } from './key-watch.task.js';
import { KeyWatchController } from './key-watch.controller.js';

/** The watch over keys and tokens: their age, their end, and the page at Meta. */
@Module({
  imports: [GuardsModule],
  controllers: [KeyWatchController],
  providers: [KeyWatch, KeyWatchTask, KeyWatchRepository, KeyFingerprints],
  exports: [KeyWatch],
})
export class KeyWatchModule {}
