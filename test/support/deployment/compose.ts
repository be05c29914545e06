import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../process/project-root.js';

/** A service as far as tests look at it; both forms of a field where compose has two. */
export interface ComposeService {
  readonly image: string;
  readonly user: string;
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** By name, or with the path in the container. */
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly networks: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly stop_grace_period?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<
    Record<
      string,
      {
        readonly internal?: boolean;
        readonly ipam?: { readonly config: readonly { readonly subnet: string }[] };
      }
    >
  >;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, object>>;
}

// The parser of @nestjs/swagger.
const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
const yaml = require('js-yaml') as {
  readonly CORE_SCHEMA: { withTags(tag: unknown): unknown };
  readonly mergeTag: unknown;
  load(text: string, options: { readonly schema: unknown }): unknown;
};

/** What a file of YAML below the project holds, with `<<` as compose reads it. */
export const readYaml = (file: string): unknown =>
  yaml.load(readFileSync(join(projectRoot, file), 'utf8'), {
    schema: yaml.CORE_SCHEMA.withTags(yaml.mergeTag),
  });

/** A value as compose fills it in; `given` has what the operator sets. @throws Error for a variable that must be set and is not */
export function filledIn(value: string, given: Readonly<Record<string, string>>): string {
  return value.replaceAll(
    /\$\{(\w+)(?::([?-])([^}]*))?\}/g,
    (_all, name: string, kind: string, rest: string) => {
      const set = given[name];
      if (set !== undefined) return set;
      if (kind === '?') throw new Error(`${name} is not set: ${rest}`);
      return rest;
    },
  );
}

/** Networks of a service, by name. */
export const networksOf = ({ networks }: ComposeService): string[] =>
  Array.isArray(networks) ? (networks as string[]) : Object.keys(networks);

/** Its fixed address in a network. */
export function addressIn({ networks }: ComposeService, network: string): string | undefined {
  return Array.isArray(networks)
    ? undefined
    : (networks as Readonly<Record<string, { readonly ipv4_address?: string } | null>>)[network]
        ?.ipv4_address;
}
