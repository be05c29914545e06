import { ApiProperty, ApiPropertyOptional, refs, type ApiPropertyOptions } from '@nestjs/swagger';
import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';

/** A property of an answer, with the bounds that it keeps. Nothing is enforced by it: the tests hold answers against it. */
interface PropertyOptions {
  readonly description?: string;
  /** May be absent. */
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly example?: unknown;
}

/** Free text: anything but NUL, which the database does not hold. */
export const freeText = '^[^\\u0000]*$';

function property(schema: Readonly<Record<string, unknown>>, options: PropertyOptions): PropertyDecorator {
  const { description, optional = false, nullable = false, example } = options;
  const described = {
    ...(description === undefined ? {} : { description }),
    ...(nullable ? { nullable } : {}),
    ...(example === undefined ? {} : { example }),
    ...schema,
  } as ApiPropertyOptions;
  return optional ? ApiPropertyOptional(described) : ApiProperty(described);
}

/** 36 characters of RFC 9562. */
export const uuidSchema = { format: 'uuid', minLength: 36, maxLength: 36 } as const;

/** A UUID (RFC 9562). */
export const UuidProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: String, ...uuidSchema }, options);

/** A moment of RFC 3339, in UTC. */
export const MomentProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: String, format: 'date-time', maxLength: 35 }, options);

/** A day, as 2026-11-27. */
const dayPattern = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
export const DayProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: String, format: 'date', minLength: 10, maxLength: 10, pattern: dayPattern }, options);

/** A URL, at most 4,096 characters. */
export const UrlProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: String, format: 'uri', maxLength: 4096 }, options);

/** At most `max` characters; `pattern`: what they look like, otherwise any text. */
export const TextProperty = ({
  max,
  pattern = freeText,
  ...options
}: PropertyOptions & { readonly max: number; readonly pattern?: string }): PropertyDecorator =>
  property({ type: String, maxLength: max, pattern }, options);

/** A whole number; without bounds a count: 0 to 2^53 - 1. */
export const IntegerProperty = ({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  ...options
}: PropertyOptions & { readonly min?: number; readonly max?: number } = {}): PropertyDecorator =>
  property({ type: 'integer', format: 'int64', minimum: min, maximum: max }, options);

/** A number between two bounds. */
export const NumberProperty = ({
  min,
  max,
  ...options
}: PropertyOptions & { readonly min: number; readonly max: number }): PropertyDecorator =>
  property({ type: 'number', format: 'double', minimum: min, maximum: max }, options);

export const FlagProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: Boolean }, options);

/** A file in a form, of `min` to `max` bytes. */
export const FileProperty = ({
  min,
  max,
  ...options
}: PropertyOptions & { readonly min?: number; readonly max: number }): PropertyDecorator =>
  property(
    { type: String, format: 'binary', ...(min === undefined ? {} : { minLength: min }), maxLength: max },
    options,
  );

interface ChoiceOptions extends PropertyOptions {
  /** Further ones may come: clients must leave what they do not know. */
  readonly isExtensible?: boolean;
}

const extensible = (isExtensible = false) => (isExtensible ? { 'x-extensible': true } : {});

/** One of a few words. */
export const ChoiceProperty = (
  of: readonly string[],
  { isExtensible, ...options }: ChoiceOptions = {},
): PropertyDecorator => property({ type: String, enum: [...of], ...extensible(isExtensible) }, options);

/** What one of several classes describes, and later others. */
export const AlternativesProperty = (
  of: readonly (new () => object)[],
  options: PropertyOptions = {},
): PropertyDecorator => property({ oneOf: refs(...of), ...extensible(true) }, options);

/** Always this value: what tells one shape of an answer from another. */
export const ConstantProperty = (value: boolean | string, options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: typeof value === 'boolean' ? Boolean : String, enum: [value] }, options);

/** At most `max` items, each as a class describes it, or by a schema of its own. */
export const ListProperty = (
  of: (new () => object) | Readonly<Record<string, unknown>>,
  { max, min, ...options }: PropertyOptions & { readonly max: number; readonly min?: number },
): PropertyDecorator => {
  const size = { maxItems: max, ...(min === undefined ? {} : { minItems: min }) };
  return property(
    typeof of === 'function' ? { type: [of], ...size } : { type: 'array', items: of, ...size },
    options,
  );
};

/** Of a list that may grow. */
const mostWords = 100;

/** Words of a list, each once. */
export const ChoicesProperty = (
  of: readonly string[],
  { isExtensible, ...options }: ChoiceOptions = {},
): PropertyDecorator =>
  property(
    {
      type: 'array',
      items: { type: 'string', enum: of, ...extensible(isExtensible) },
      maxItems: isExtensible === true ? mostWords : of.length,
      uniqueItems: true,
    },
    options,
  );

/** What another class describes. */
export const ObjectProperty = (of: new () => object, options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: of }, options);

/** An object whose names are not known beforehand: at most `max` of them, each value as `values` says. */
export const MapProperty = ({
  max,
  values,
  ...options
}: PropertyOptions & {
  readonly max: number;
  readonly values: Readonly<Record<string, unknown>> | true;
}): PropertyDecorator =>
  property({ type: 'object', additionalProperties: values, maxProperties: max }, options);

/** The cursor of the next page; null on the last. `more`: what else is to be known of it. */
export const NextCursorProperty = (more = ''): PropertyDecorator =>
  UuidProperty({
    nullable: true,
    description: `The \`cursor\` of the next page; null on the last one.${more}`,
  });

/** The text of a whole number in a map or list. */
export const countSchema = {
  type: 'integer',
  format: 'int64',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
} as const;

/** An e-mail address, at most 254 characters. */
export const EmailProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ type: String, format: 'email', maxLength: 254 }, options);

export const mediaTypeSchema = {
  type: 'string',
  maxLength: 100,
  pattern: '^(image|video)/[a-z0-9.+-]+$',
} as const;

/** The media type of a picture or video. */
export const MediaTypeProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property({ ...mediaTypeSchema, example: 'image/png' }, options);

/** The media type of any file that is kept. */
export const FileTypeProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  property(
    {
      ...mediaTypeSchema,
      pattern: '^(image|video|audio|text|application)/[a-z0-9.+-]+$',
      example: 'image/png',
    },
    options,
  );

export const ModelIdProperty = (options: PropertyOptions = {}): PropertyDecorator =>
  TextProperty({ max: 100, pattern: '^[a-z0-9][a-z0-9._/-]*$', example: 'velro/canvas', ...options });

/** A word of the prompts that a model reads. */
export const wordSchema = { type: 'string', maxLength: 60, pattern: freeText } as const;

/** Text of exactly `length` characters of base64url. */
export const tokenText = (length: number): { readonly max: number; readonly pattern: string } => ({
  max: length,
  pattern: `^[A-Za-z0-9_-]{${length}}$`,
});

/** A JSON Web Token in its compact form (RFC 7519). */
export const AccessTokenProperty = (): PropertyDecorator =>
  TextProperty({
    max: accessTokenPolicy.maxLength,
    pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
    description: 'Goes into the Authorization header, as `Bearer` and the token.',
  });
