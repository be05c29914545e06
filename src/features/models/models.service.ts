import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Model, Parameter } from '../../../config/policy/generations/model.js';
import { models } from '../../../config/policy/generations/models.js';
import { GenerationProvider, type PromptVocabulary } from '../../ports/generation-provider.js';
import { Problem, type FieldFault } from '../../errors/problem.js';
import { describeRule, holds } from './parameter-rules.js';

export type ParameterValues = Record<string, string | number | boolean>;

const faultsAtMost = 20;

/** The models that the configured provider serves. Any other id is `model_unknown`. */
@Injectable()
export class ModelsService {
  private readonly served: ReadonlyMap<string, Model>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly provider: GenerationProvider,
  ) {
    this.served = new Map(
      models
        .filter((model) => model.provider === config.generation.provider)
        .map((model) => [model.id, model]),
    );
  }

  list(): Model[] {
    return [...this.served.values()];
  }

  find(id: string): Model | null {
    return this.served.get(id) ?? null;
  }

  /** What the served models can draw; null where they take any prompt. */
  get vocabulary(): PromptVocabulary | null {
    return this.provider.vocabulary;
  }

  /** @throws Problem `model_unknown` */
  require(id: string): Model {
    const model = this.find(id);
    if (model === null) throw new Problem('model_unknown');
    return model;
  }

  /**
   * The parameters as sent to the provider: validated, with defaults filled in.
   * @throws Problem `validation_failed`
   */
  readParameters({ parameters }: Model, given: Readonly<Record<string, unknown>>): ParameterValues {
    const faults: FieldFault[] = Object.keys(given)
      .filter((name) => !Object.hasOwn(parameters, name))
      .map((name) => ({
        field: `parameters.${name.replaceAll(/[^\w-]/g, '?').slice(0, 64)}`,
        code: 'unknown_field',
        message: 'is not a parameter of this model',
      }));
    const read: ParameterValues = {};
    for (const [name, rule] of Object.entries<Parameter>(parameters)) {
      const value = Object.hasOwn(given, name) ? given[name] : rule.default;
      if (value === undefined) continue;
      if (holds(rule, value)) read[name] = value;
      else faults.push({ field: `parameters.${name}`, code: 'out_of_bounds', message: describeRule(rule) });
    }
    if (faults.length > 0) throw new Problem('validation_failed', { errors: faults.slice(0, faultsAtMost) });
    return read;
  }
}
