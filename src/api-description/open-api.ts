import type { OpenAPIObject } from '@nestjs/swagger';

// The package exports the type of the whole document alone; these are its parts.

export type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;
export type ResponseObject = Exclude<OperationObject['responses'][string], { $ref: string } | undefined>;
export type RequestBodyObject = Exclude<NonNullable<OperationObject['requestBody']>, { $ref: string }>;
export type SchemasObject = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type SchemaObject = Exclude<SchemasObject[string], { $ref: string }>;
export type SchemaOrReference = SchemasObject[string];
