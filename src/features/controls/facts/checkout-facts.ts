/** What the files of a checkout show. Paths are relative to its root. */
export interface CheckoutFacts {
  /** Files named .env or .env.* that git keeps, templates aside. */
  readonly committedEnvironments: readonly string[];
  /** Whether git ignores each of these. */
  readonly ignored: Readonly<Record<'.env' | '.env.production', boolean>>;
  readonly templates: readonly {
    readonly file: string;
    /** Values by variable, comments aside. */
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly dockerfile: { readonly bases: readonly string[]; readonly users: readonly string[] };
  readonly railway: { readonly preDeploy: string; readonly healthcheckPath: string };
  /** Names of the alert rules for Prometheus. */
  readonly alertRules: readonly string[];
  /** Uids of the dashboards for Grafana. */
  readonly dashboards: readonly string[];
  /** Headings by document. */
  readonly documents: Readonly<Record<string, readonly string[]>>;
  readonly scripts: readonly string[];
}
