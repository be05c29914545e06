import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { field, type FieldOptions } from './fields.js';

/** Texts of 1 to `longest` characters that match `pattern`, at most `max`, each once. */
export function TextsField(
  options: FieldOptions & { longest: number; pattern: string; max: number },
): PropertyDecorator {
  const { longest, pattern, max } = options;
  const items = { type: 'string', minLength: 1, maxLength: longest, pattern };
  return field(options, { type: 'array', items, maxItems: max, uniqueItems: true }, [
    IsArray(),
    ArrayMaxSize(max),
    ArrayUnique(),
    IsString({ each: true }),
    MaxLength(longest, { each: true }),
    Matches(new RegExp(pattern), { each: true }),
  ]);
}

/** An object whose fields are those of a class of its own. */
export function NestedField(options: FieldOptions & { of: new () => object }): PropertyDecorator {
  return field(options, { type: options.of }, [IsObject(), ValidateNested(), Type(() => options.of)]);
}

/** Objects whose fields are those of a class of its own, `min` to `max` of them, no two of which have the same value of a field. */
export function NestedListField<T extends object>(
  options: FieldOptions & { of: new () => T; min: number; max: number; uniqueBy: keyof T },
): PropertyDecorator {
  const { of, min, max, uniqueBy } = options;
  // JSON Schema has no word for a field that must not repeat.
  const unique = { uniqueItems: true, 'x-unique-by': uniqueBy };
  return field(options, { type: [of], minItems: min, maxItems: max, ...unique }, [
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ArrayUnique((item: unknown) =>
      typeof item === 'object' && item !== null ? (item as T)[uniqueBy] : item,
    ),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(() => of),
  ]);
}

/** Objects of any shape, at most `max`; who reads them judges them. */
export function ObjectsField(options: FieldOptions & { max: number }): PropertyDecorator {
  const items = { type: 'object', additionalProperties: true };
  return field(options, { type: 'array', items, maxItems: options.max }, [
    IsArray(),
    ArrayMaxSize(options.max),
    IsObject({ each: true }),
  ]);
}

/** A finite number. */
export function NumberField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const { min, max } = options;
  return field(options, { type: 'number', format: 'double', minimum: min, maximum: max }, [
    IsNumber({ allowInfinity: false, allowNaN: false }),
    Min(min),
    Max(max),
  ]);
}

/** A value of several shapes; who reads it judges it by the `schema` that is described. */
export function JsonField(
  options: FieldOptions & { schema: Readonly<Record<string, unknown>> },
): PropertyDecorator {
  return field(options, options.schema, [options.optional === true ? Allow() : IsDefined()]);
}
