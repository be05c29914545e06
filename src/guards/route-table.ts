import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Scope } from '../../config/policy/scopes.js';
import { accessKey, type Access } from './access.js';
import { scopeKey } from './scope.js';
import { stepUpKey } from './step-up.js';

/** A route as its decorators declare it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Undefined: it does not say who may call it. */
  readonly access: Access | undefined;
  readonly stepUp: boolean;
  /** What an API key must be allowed; null: it is closed to keys. */
  readonly scope: Scope | null;
  /** `Controller.method`, for people. */
  readonly handler: string;
}

type Handler = (...parameters: never[]) => unknown;

/** Every route with who may call it: what the guards work from, what the boot checks, and what docs/routes.md shows. */
@Injectable()
export class RouteTable {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** By path, then method. */
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
      const targets: [Handler, Handler] = [handler as Handler, controller];
      const route = {
        method: RequestMethod[method],
        access: this.reflector.getAllAndOverride<Access | undefined>(accessKey, targets),
        stepUp: this.reflector.getAllAndOverride<boolean | undefined>(stepUpKey, targets) === true,
        scope: this.reflector.get<Scope | undefined>(scopeKey, handler as Handler) ?? null,
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
