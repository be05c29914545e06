import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RouteTable, type Route } from './route-table.js';

/** Stops the boot when a route does not say who may call it, or lets API keys where only a person can be meant. */
@Injectable()
export class AccessPolicyCheck implements OnModuleInit {
  constructor(private readonly table: RouteTable) {}

  onModuleInit(): void {
    const routes = this.table.routes();
    refuse(
      'routes without an access decorator',
      routes.filter(({ access }) => access === undefined),
    );
    // A key proves nothing freshly, and where everybody may come its scope would say nothing.
    refuse(
      'routes with a scope that are open or ask for a fresh proof',
      routes.filter(
        ({ scope, stepUp, access }) => scope !== null && (stepUp || access?.kind !== 'signed-in'),
      ),
    );
  }
}

function refuse(reason: string, routes: readonly Route[]): void {
  if (routes.length > 0)
    throw new Error(`${reason}: ${[...new Set(routes.map(({ handler }) => handler))].join(', ')}`);
}
