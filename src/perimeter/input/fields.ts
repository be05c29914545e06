import { canonicalEmail } from '../../../config/values/email-address.js';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  buildMessage,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsIP,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { freeText, uuidSchema } from '../output/properties.js';
import { parseCidr } from '../../../config/values/cidr.js';
import { isUuid } from '../../crypto/uuid.js';

export interface FieldOptions {
  readonly description: string;
  readonly optional?: boolean;
  /** Null is a value of its own. Without this, null in an optional field counts as omitted. */
  readonly nullable?: boolean;
  readonly example?: string | number | boolean | readonly string[] | readonly object[];
}

/** A field of an input is declared once: its bounds are what validation enforces and what the API description says. */
export function field(
  options: FieldOptions,
  schema: Record<string, unknown>,
  rules: PropertyDecorator[],
): PropertyDecorator {
  const { description, optional = false, nullable = false, example } = options;
  const described = {
    description,
    ...(nullable ? { nullable } : {}),
    ...(example === undefined ? {} : { example }),
    ...schema,
  };
  return applyDecorators(
    optional ? ApiPropertyOptional(described) : ApiProperty(described),
    ...(optional ? [IsOptional()] : []),
    ...rules,
  );
}

/** Text of `min` to `max` code points, as the database counts them, without lone surrogates. */
export function TextField(
  options: FieldOptions & { min?: number; max: number; pattern?: string },
): PropertyDecorator {
  const { min = 0, max, pattern = freeText } = options;
  return field(options, { type: String, minLength: min, maxLength: max, pattern }, [
    IsString(),
    lengthRule('minLength', (length) => length >= min, `at least ${min} characters`),
    lengthRule('maxLength', (length) => length <= max, `at most ${max} characters`),
    ValidateBy({
      name: 'isWellFormed',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
        defaultMessage: () => '$property must be text',
      },
    }),
    ...(pattern === freeText ? [] : [Matches(new RegExp(pattern, 'u'))]),
  ]);
}

function lengthRule(name: string, holds: (length: number) => boolean, words: string): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => typeof value === 'string' && holds(Array.from(value).length),
      defaultMessage: () => `$property must have ${words}`,
    },
  });
}

/** An e-mail address, brought to lower case and trimmed. */
export function EmailField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: String, format: 'email', maxLength: 254 }, [
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? canonicalEmail(value) : value)),
    IsString(),
    MaxLength(254),
    IsEmail({ allow_utf8_local_part: false }),
    // Quoted local parts are allowed by the standard, unused in practice, and refused by the identity provider.
    Matches(/^[^"\s]+$/),
  ]);
}

export function IntegerField(
  options: FieldOptions & { min: number; max: number; fromQuery?: boolean },
): PropertyDecorator {
  const { min, max, fromQuery = false } = options;
  const digits = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );
  return field(options, { type: 'integer', format: 'int64', minimum: min, maximum: max }, [
    ...(fromQuery ? [digits] : []),
    IsInt(),
    Min(min),
    Max(max),
  ]);
}

export function ChoiceField(options: FieldOptions & { of: readonly string[] }): PropertyDecorator {
  return field(options, { type: String, enum: options.of }, [IsIn(options.of)]);
}

/** `true` or `false` in a query. */
export function QueryFlagField(options: FieldOptions): PropertyDecorator {
  const words = Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
  return field(options, { type: Boolean }, [words, IsBoolean()]);
}

export function FlagField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: Boolean }, [IsBoolean()]);
}

/** One or more of a few words, each once. */
export function ChoicesField(options: FieldOptions & { of: readonly string[] }): PropertyDecorator {
  const items = { type: 'string', enum: options.of };
  const size = { minItems: 1, maxItems: options.of.length, uniqueItems: true };
  return field(options, { type: 'array', items, ...size }, [
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(options.of.length),
    ArrayUnique(),
    IsIn(options.of, { each: true }),
  ]);
}

/** The longest spelling of an IPv6 address with its prefix length. */
const longestRange = 49;

/** The canonical spelling of a range; other text stays as it is, and is refused by validation. */
function canonicalRange(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > longestRange) return value;
  return parseCidr(value)?.text ?? value;
}

/** A /0 range matches every address: omit the list for that. */
const isAddressRange = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= longestRange && (parseCidr(value)?.bits ?? 0) > 0;

/** One IPv4 or IPv6 address, without zone, port or brackets. */
export function AddressField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    { type: String, maxLength: 45, pattern: '^[0-9A-Fa-f:.]+$', example: '203.0.113.7' },
    [IsString(), MaxLength(45), Matches(/^[\d.:a-f]+$/i), IsIP()],
  );
}

/** RFC 3339 also has small letters and years before 1000, which parsers read differently. */
const momentPattern =
  '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$';

/** A moment of RFC 3339, with its offset. */
export function MomentField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: String, format: 'date-time', maxLength: 35, pattern: momentPattern }, [
    IsString(),
    MaxLength(35),
    Matches(new RegExp(momentPattern)),
    IsISO8601({ strict: true }),
  ]);
}

/** Days of this millennium: what came before them is no day of a range that somebody asks for. */
const dayPattern = '^2[0-9]{3}-[0-9]{2}-[0-9]{2}$';

/** A day that exists, as 2026-11-27. */
export function DayField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: String, format: 'date', minLength: 10, maxLength: 10, pattern: dayPattern }, [
    IsString(),
    Matches(new RegExp(dayPattern)),
    IsISO8601({ strict: true }),
  ]);
}

/** Addresses and CIDR ranges, at most `max`, brought to their canonical spelling, each once. */
export function AddressRangesField(options: FieldOptions & { max: number }): PropertyDecorator {
  const { max } = options;
  const items = {
    type: 'string',
    maxLength: longestRange,
    pattern: '^[0-9A-Fa-f:./]+$',
    example: '203.0.113.0/24',
  };
  return field(options, { type: 'array', items, maxItems: max }, [
    Transform(({ value }: { value: unknown }) =>
      // A list that is too long is refused as it was sent, whatever repeats in it.
      Array.isArray(value) && value.length <= max ? [...new Set(value.map(canonicalRange))] : value,
    ),
    IsArray(),
    ArrayMaxSize(max),
    ValidateBy(
      {
        name: 'isAddressRange',
        validator: {
          validate: isAddressRange,
          defaultMessage: buildMessage((each) => `${each}$property must be an address or a CIDR range`),
        },
      },
      { each: true },
    ),
  ]);
}

/** In lower case, the canonical form (RFC 9562). */
export function UuidField(options: FieldOptions): PropertyDecorator {
  const canonical = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.toLowerCase() : value,
  );
  return field(options, { type: String, ...uuidSchema }, [
    canonical,
    // As ids of paths are read: of whatever version.
    ValidateBy({
      name: 'isUuid',
      validator: { validate: isUuid, defaultMessage: () => '$property must be a UUID' },
    }),
  ]);
}

/** An object whose members the receiving service validates. */
export function ObjectField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: 'object', additionalProperties: true }, [IsObject()]);
}
