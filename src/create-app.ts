import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import type { Adapters } from './adapters/adapters.js';
import { AppModule } from './app.module.js';
import type { Log } from './observability/log.js';
import { limitByAddress } from './perimeter/address-limits.js';
import { createHttpServer } from './perimeter/http-server.js';
import { inputValidation } from './perimeter/input/validation.js';
import { RateLimiter } from './perimeter/rate-limiter.js';

/** The application with its perimeter around it; it does not listen yet. */
export async function createApp(
  config: Config,
  log: Log,
  adapters: Adapters,
): Promise<NestFastifyApplication> {
  const server = createHttpServer(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, log, adapters),
    server,
    {
      logger: log,
      bodyParser: false,
      abortOnError: false,
    },
  );
  app.useGlobalPipes(inputValidation());
  limitByAddress(app.getHttpAdapter().getInstance(), app.get(RateLimiter));
  return app;
}
