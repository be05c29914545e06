import { Global, Module } from '@nestjs/common';
import { CounterHealthEvents } from './limits/counter-health-events.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { RefusedWebhooks } from './limits/refused-webhooks.js';
import { BlockList } from '../threats/block-list.js';
import { BlocksRepository } from '../threats/blocks.repository.js';
import { LoginPatterns } from '../threats/login-patterns.js';
import { SharedThreats } from '../threats/shared-threats.js';
import { ThreatLevels } from '../threats/threat-levels.js';
import { ThreatWatch } from '../threats/threat-watch.js';
import { ThreatPosture } from '../threats/threat-posture.js';

const threats = [
  LoginPatterns,
  SharedThreats,
  ThreatLevels,
  ThreatWatch,
  BlockList,
  BlocksRepository,
  ThreatPosture,
];

@Global()
@Module({
  providers: [RateLimiter, RefusedWebhooks, CounterHealthEvents, ...threats],
  exports: [RateLimiter, RefusedWebhooks, ...threats],
})
export class PerimeterModule {}
