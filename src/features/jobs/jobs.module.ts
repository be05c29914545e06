import { Module } from '@nestjs/common';
import { MessengerModule } from '../messenger/messenger.module.js';
import { JobsController } from './jobs.controller.js';

/** Work that nobody does any more by itself. */
@Module({ imports: [MessengerModule], controllers: [JobsController] })
export class JobsModule {}
