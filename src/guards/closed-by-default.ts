import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { accessKey } from './access.js';

/** Stops the boot when a route does not say who may call it. */
@Injectable()
export class ClosedByDefault implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const silent = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.silentRoutes(metatype) : []));
    if (silent.length > 0) throw new Error(`routes without an access decorator: ${silent.join(', ')}`);
  }

  private silentRoutes(controller: NewableFunction | (() => void)): string[] {
    const prototype = controller.prototype as Record<string, unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== 'function') return [];
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const access: unknown = this.reflector.getAllAndOverride(accessKey, [
        handler as () => void,
        controller as () => void,
      ]);
      return access === undefined ? [`${controller.name}.${name}`] : [];
    });
  }
}
