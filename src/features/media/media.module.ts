import { Module } from '@nestjs/common';
import { MediaIntake } from './media-intake.js';

@Module({ providers: [MediaIntake], exports: [MediaIntake] })
export class MediaModule {}
