import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process/project-root.js';
import { yaml } from './alert-rules.js';

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const folder = join(projectRoot, 'deploy', 'grafana');

/** By the name of the file. */
export const dashboards = (): [string, Dashboard][] =>
  readdirSync(join(folder, 'dashboards')).map((file) => [
    file,
    JSON.parse(readFileSync(join(folder, 'dashboards', file), 'utf8')) as Dashboard,
  ]);

export const provisioning = (file: string): unknown =>
  yaml.load(readFileSync(join(folder, 'provisioning', file), 'utf8'));
