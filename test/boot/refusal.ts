/** An environment that must not boot: a sound one with `changes`, and exactly the variables that the report names. */
export interface Refusal {
  readonly title: string;
  readonly environment: 'production' | 'staging' | 'development' | 'test' | '';
  readonly changes: Readonly<Record<string, string | undefined>>;
  readonly names: readonly string[];
  /** Contents of `.env`, beside the process environment. */
  readonly file?: string;
}

/** A row about one variable that is named alone. */
export const refuses = (
  environment: Refusal['environment'],
  title: string,
  variable: string,
  value: string | undefined,
): Refusal => ({ title, environment, changes: { [variable]: value }, names: [variable] });
