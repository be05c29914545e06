import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '../../../config/config.js';
import { OperatorAuth } from '../../guards/route/access.js';
import { RouteTable, type Route } from '../../guards/route/route-table.js';

/**
 * Configuration and routes for debugging. Exists only with ENABLE_DEBUG_ENDPOINTS, which a deployment refuses at boot.
 */
@ApiExcludeController()
@OperatorAuth()
@Controller('debug')
export class DebugController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly table: RouteTable,
  ) {}

  /** The configuration as read; secrets are redacted. */
  @Get('config')
  readConfig(): Config {
    return this.config;
  }

  /** Every route with the access, scope and limit that the guards apply. */
  @Get('routes')
  readRoutes(): { data: Route[] } {
    return { data: this.table.routes() };
  }
}
