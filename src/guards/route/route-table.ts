import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RoutePolicies, type Handler, type RoutePolicy } from './route-policy.js';

/** A route as its decorators declare it. */
export interface Route extends RoutePolicy {
  readonly method: string;
  readonly path: string;
  /** `Controller.method`, for display. */
  readonly handler: string;
}

/** Every route with its policy: used by the guards, checked at boot, printed in docs/routes.md. */
@Injectable()
export class RouteTable {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly policies: RoutePolicies,
  ) {}

  /** All routes, sorted by path, then method. */
  routes(): Route[] {
    return this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.routesOf(metatype as Handler) : []))
      .sort((one, other) => one.path.localeCompare(other.path) || one.method.localeCompare(other.method));
  }

  private routesOf(controller: Handler): Route[] {
    const prototype = controller.prototype as Record<string, unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== 'function') return [];
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const route = {
        ...this.policies.read(handler as Handler, controller),
        method: RequestMethod[method],
        handler: `${controller.name}.${name}`,
      };
      const ends = listOf(Reflect.getMetadata(PATH_METADATA, handler));
      return listOf(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((start) =>
        ends.map((end) => ({ ...route, path: join(start, end) })),
      );
    });
  }
}

const listOf = (paths: unknown): string[] => (Array.isArray(paths) ? (paths as string[]) : [String(paths)]);

const join = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
