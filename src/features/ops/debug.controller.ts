import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '../../../config/config.js';
import { OperatorAuth } from '../../guards/route/access.js';
import { RouteTable, type Route } from '../../guards/route/route-table.js';

/** How the service was put together. There only with ENABLE_DEBUG_ENDPOINTS, which no deployment boots with. */
@ApiExcludeController()
@OperatorAuth()
@Controller('debug')
export class DebugController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly table: RouteTable,
  ) {}

  /** The configuration as it was read; a secret shows as hidden. */
  @Get('config')
  readConfig(): Config {
    return this.config;
  }

  /** Every route with its access, scope and limit, as the guards see it. */
  @Get('routes')
  readRoutes(): { data: Route[] } {
    return { data: this.table.routes() };
  }
}
