import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Open, SignedIn } from './access.js';
import { AccessPolicyCheck } from './access-policy-check.js';
import { RoutePolicies } from './route-policy.js';
import { RouteTable } from './route-table.js';
import { Scope } from './scope.js';
import { StepUp } from './step-up.js';

@Controller('said')
class SaidController {
  @Open()
  @Get()
  open(): string {
    return '';
  }

  @SignedIn('admin')
  @Post()
  closed(): string {
    return '';
  }

  helper(): string {
    return '';
  }
}

@SignedIn()
@Controller('class')
class ClassController {
  @Get()
  inherits(): string {
    return '';
  }
}

@Controller('forgotten')
class ForgottenController {
  @Open()
  @Get()
  said(): string {
    return '';
  }

  @Post()
  unsaid(): string {
    return '';
  }
}

@Controller('contradiction')
class ContradictionController {
  @SignedIn()
  @Scope('account:read')
  @Get()
  said(): string {
    return '';
  }

  @SignedIn()
  @StepUp()
  @Scope('account:read')
  @Post()
  fresh(): string {
    return '';
  }

  @Open()
  @Scope('account:read')
  @Get('open')
  open(): string {
    return '';
  }
}

async function boot(...controllers: Type[]): Promise<void> {
  @Module({
    imports: [DiscoveryModule],
    controllers,
    providers: [AccessPolicyCheck, RouteTable, RoutePolicies],
  })
  class Probe {}
  const app = await NestFactory.create(Probe, new FastifyAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

describe('a boot', () => {
  it('succeeds when every route declares its access, by method or class', async () => {
    await expect(boot(SaidController, ClassController)).resolves.toBeUndefined();
  });

  it('stops at a route without declared access, and names it', async () => {
    await expect(boot(SaidController, ForgottenController)).rejects.toThrow(
      'routes without an access decorator: ForgottenController.unsaid',
    );
  });

  it('stops at a route that accepts API keys and is open, or requires step-up', async () => {
    await expect(boot(SaidController, ContradictionController)).rejects.toThrow(
      'routes with a scope that are open or ask for a fresh proof: ContradictionController.fresh, ContradictionController.open',
    );
  });
});
