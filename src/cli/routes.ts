import { roles } from '../../config/policy/accounts/roles.js';
import { RouteTable, type Route } from '../guards/route/route-table.js';
import { runCommand } from './command.js';
import { unopenedApp } from './unopened-app.js';

// Prints the access rules of every route as Markdown (docs/routes.md) or, with --json, as JSON.
await runCommand({ usage: 'usage: node dist/src/cli/routes.js [--json]' }, async (args) => {
  const routes = (await unopenedApp()).get(RouteTable).routes();
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(routes)}\n` : asPage(routes));
  return 0;
});

function asPage(table: readonly Route[]): string {
  const columns = ['anybody', ...roles, 'enrolling', 'operator'];
  const mark = ({ access, stepUp }: Route, column: string): string => {
    return admitsTo(access, column) ? (stepUp ? 'fresh' : 'yes') : '';
  };
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '# Access rules of routes',
    '',
    'Generated from the decorators that the guards read; `npm run check` fails when it differs. `fresh`: the user must have',
    'authenticated again within the last ten minutes. `enrolling`: an administrator without a second factor. `operator`: Basic',
    'auth by `ADMIN_USER` and `ADMIN_PASS` or by `OPERATORS`, no token; `/metrics` accepts `METRICS_TOKEN` as well. `key`: the scope that an API key',
    "needs in addition to its owner's role; without one, API keys may call only routes that are open to anybody. The id of another",
    "user's resource answers 404 to everybody.",
    '',
    row(['route', ...columns, 'key']),
    row(['---', ...columns.map(() => ':-:'), '---']),
    ...table.map((route) =>
      row([
        `\`${route.method} ${route.path}\``,
        ...columns.map((column) => mark(route, column)),
        route.scope === null ? '' : `\`${route.scope}\``,
      ]),
    ),
    '',
  ].join('\n');
}

function admitsTo(access: Route['access'], column: string): boolean {
  if (access === undefined || access.kind === 'open') return access !== undefined;
  if (access.kind === 'operator') return column === 'operator';
  return column !== 'anybody' && column !== 'operator' && admits(access.roles, column);
}

function admits(named: readonly string[], role: string): boolean {
  return named.length === 0 ? role !== 'enrolling' : named.includes(role);
}
