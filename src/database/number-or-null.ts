/** A bigint of the database, which comes as text, within the range of whole numbers. */
export const numberOrNull = (value: string | null): number | null => (value === null ? null : Number(value));
