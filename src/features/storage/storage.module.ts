import { Module } from '@nestjs/common';
import { StorageRemovals } from './storage-removals.js';

@Module({ providers: [StorageRemovals], exports: [StorageRemovals] })
export class StorageModule {}
