import { part, type Description, type Part } from './description.ts';
import type { SchemaComparison } from './schemas.ts';

/** Both descriptions, and how their schemas compare. */
export interface Comparison {
  readonly before: Description;
  readonly after: Description;
  readonly schemas: SchemaComparison;
}

/** The content of a body or an answer by media type. */
export const mediaOf = ({ content }: Part): Map<string, Part> =>
  new Map(
    Object.entries(part(content)).map(([type, media]) => [
      type.toLowerCase().replace(/\s/g, ''),
      part(media),
    ]),
  );
