/**
 * Extension of an operation by which a controller names the schema of its form, where the body may be JSON as well; the description
 * has it in the place of the JSON's schema, and not the extension.
 */
export const formSchema = 'x-form-schema';

/** A form: the name of its schema, and the content types of parts that are not plain text. */
export interface FormSchema {
  readonly schema: string;
  readonly parts: Readonly<Record<string, string>>;
}
