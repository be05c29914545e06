import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Role } from '../../config/config.js';
import { WorkHints, type Work } from './work-hints.js';

const mark = Symbol('background');

/**
 * Marks a provider that begins work of the whole service when the application starts (`onApplicationBootstrap`): jobs, sweeps, deliveries.
 * Where `ROLE` is `web` it begins nothing. `work`: what `WorkHints` wakes it for, by its method `wake`.
 */
export const Background =
  (work: Work | null = null): ClassDecorator =>
  (target) => {
    Reflect.defineMetadata(mark, work, target);
  };

interface Marked {
  onApplicationBootstrap?(): unknown;
  wake?(): void;
}

/** Before the application starts: whether what is marked begins its work here. */
export function assignWork(app: INestApplicationContext, role: Role): void {
  const hints = app.get(WorkHints);
  for (const { instance, work } of markedOf(app)) {
    if (role === 'web') instance.onApplicationBootstrap = () => undefined;
    else if (work !== null) hints.workHere(work, () => instance.wake?.());
  }
}

function* markedOf(app: INestApplicationContext): Generator<{ instance: Marked; work: Work | null }> {
  for (const module of app.get(ModulesContainer).values())
    for (const { instance, metatype } of module.providers.values()) {
      if (typeof metatype !== 'function' || typeof instance !== 'object' || instance === null) continue;
      const work = Reflect.getMetadata(mark, metatype) as Work | null | undefined;
      if (work !== undefined) yield { instance, work };
    }
}
