import { Global, Module } from '@nestjs/common';
import { CounterHealthEvents } from './limits/counter-health-events.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { BlockList } from '../threats/block-list.js';
import { BlocksRepository } from '../threats/blocks.repository.js';
import { ThreatLevels } from '../threats/threat-levels.js';
import { ThreatWatch } from '../threats/threat-watch.js';

const threats = [ThreatLevels, ThreatWatch, BlockList, BlocksRepository];

@Global()
@Module({ providers: [RateLimiter, CounterHealthEvents, ...threats], exports: [RateLimiter, ...threats] })
export class PerimeterModule {}
