import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RouteTable, type Route } from './route-table.js';

/** Stops the boot when a route declares no access, or accepts API keys where a person is required. */
@Injectable()
export class AccessPolicyCheck implements OnModuleInit {
  constructor(private readonly table: RouteTable) {}

  onModuleInit(): void {
    const routes = this.table.routes();
    refuse(
      'routes without an access decorator',
      routes.filter(({ access }) => access === undefined),
    );
    // A key cannot give a fresh proof, and on an open route its scope would not be checked.
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
