import { Global, Module } from '@nestjs/common';
import { CounterWatch } from './limits/counter-watch.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { BlockList } from '../threats/block-list.js';
import { BlocksRepository } from '../threats/blocks.repository.js';
import { ThreatLevels } from '../threats/threat-levels.js';
import { ThreatWatch } from '../threats/threat-watch.js';

const threats = [ThreatLevels, ThreatWatch, BlockList, BlocksRepository];

@Global()
@Module({ providers: [RateLimiter, CounterWatch, ...threats], exports: [RateLimiter, ...threats] })
export class PerimeterModule {}
