import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { models, type IntegerParameter, type Model } from '../../../config/policy/models.js';
import { Problem, type FieldFault } from '../../errors/problem.js';

/** The catalogue, as far as the configured provider serves it. */
@Injectable()
export class ModelsService {
  private readonly served: ReadonlyMap<string, Model>;

  constructor(@Inject(CONFIG) config: Config) {
    this.served = new Map(
      models
        .filter((model) => model.provider === config.generation.provider)
        .map((model) => [model.id, model]),
    );
  }

  /** @throws Problem `model_unknown` */
  require(id: string): Model {
    const model = this.served.get(id);
    if (model === undefined) throw new Problem('model_unknown');
    return model;
  }

  /**
   * The parameters as the provider will get them: defaults filled in, nothing unknown, nothing out of bounds.
   * @throws Problem `validation_failed`
   */
  readParameters(model: Model, given: Readonly<Record<string, unknown>>): Record<string, number> {
    const faults: FieldFault[] = Object.keys(given)
      .filter((name) => !Object.hasOwn(model.parameters, name))
      .map((name) => ({
        field: `parameters.${name.replaceAll(/[^\w-]/g, '?').slice(0, 64)}`,
        code: 'unknown_field',
        message: 'is not a parameter of this model',
      }));
    const read: Record<string, number> = {};
    for (const [name, rule] of Object.entries(model.parameters)) {
      const value = given[name] ?? rule.default;
      if (value === undefined) continue;
      if (isWithin(value, rule)) read[name] = value;
      else faults.push({ field: `parameters.${name}`, code: 'out_of_bounds', message: describe(rule) });
    }
    if (faults.length > 0) throw new Problem('validation_failed', { errors: faults.slice(0, 20) });
    return read;
  }
}

function isWithin(value: unknown, { minimum, maximum, multipleOf = 1 }: IntegerParameter): value is number {
  return (
    Number.isSafeInteger(value) &&
    (value as number) >= minimum &&
    (value as number) <= maximum &&
    (value as number) % multipleOf === 0
  );
}

function describe({ minimum, maximum, multipleOf }: IntegerParameter): string {
  return `must be a whole number from ${minimum} to ${maximum}${multipleOf === undefined ? '' : `, a multiple of ${multipleOf}`}`;
}
