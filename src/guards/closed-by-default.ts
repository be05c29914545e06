import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RouteTable } from './route-table.js';

/** Stops the boot when a route does not say who may call it. */
@Injectable()
export class ClosedByDefault implements OnModuleInit {
  constructor(private readonly table: RouteTable) {}

  onModuleInit(): void {
    const silent = this.table.routes().filter(({ access }) => access === undefined);
    if (silent.length > 0) {
      throw new Error(
        `routes without an access decorator: ${[...new Set(silent.map(({ handler }) => handler))].join(', ')}`,
      );
    }
  }
}
